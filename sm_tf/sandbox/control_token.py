"""What proves that a request to the process of the embedded AWS comes from the sandbox's owner."""

TOKEN_FILE = "token-"
"""The beginning of the name of the file in the sandbox's folder that has the token; the port follows."""

TOKEN_HEADER = "X-Sandbox-Token"
