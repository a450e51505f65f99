"""The history of the tables, one file a revision; `storage.migrations.upgrade` applies it."""
