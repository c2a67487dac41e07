"""Practice, places, providers, payers, fees, patients and their coverage."""
