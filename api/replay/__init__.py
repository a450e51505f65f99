"""Computing again what is stored: runs and threads come out as they are kept, or it is told what differs."""
