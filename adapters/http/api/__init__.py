"""The routes, by subject. A module's `router` is mounted under /api/v1, its `outside` at the top."""
