"""Pages: what people see. Server-rendered; how a page is built is told in docs/concepts/web.md."""
