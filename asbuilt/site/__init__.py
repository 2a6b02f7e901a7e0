"""Where everything is put together: settings, paths, start-up checks. Nobody imports from here."""
