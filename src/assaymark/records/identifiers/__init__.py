"""Identifiers with a history: the did:webvh log of an organisation that attests, and the keys that it had."""
