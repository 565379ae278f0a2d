"""The vendor API and the host of devices."""
