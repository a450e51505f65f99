"""Many variants of one spec measured at once, by a kernel that visits only bars where something can happen."""
