"""Money that comes in: remittances staged, matched, posted and un-posted; patients' receipts."""
