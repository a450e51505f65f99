"""The door that every client of OpenAI's chat protocol knows: its models, and its chat completions."""
