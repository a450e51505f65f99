"""The steps of a turn, one file each; `agent.graph` joins them."""
