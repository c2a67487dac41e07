"""From what the provider wrote to codes to choose from; nothing is coded by itself."""
