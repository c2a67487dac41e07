"""Reports: what the ledger says, as tables whose totals agree with it to the cent."""
