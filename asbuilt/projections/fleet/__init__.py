"""The genealogy index: links, passes and states of a site as arrays in a file, for walks over a whole fleet.

docs/decisions/0042-the-genealogy-index.md says why and how.
"""
