"""What holds for all tests: no model hub is asked, and no bot of the operator's is touched."""

import os

# Before anything imports the hub's client, which reads it once.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.pop("DESKMATE_HOME", None)
