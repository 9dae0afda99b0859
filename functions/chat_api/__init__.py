"""chat-api: what people and programs talk to — REST, chat, the page and its live feed."""
