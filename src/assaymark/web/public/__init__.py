"""Pages for everybody: a certificate, an organisation, the verifier, the explanation. No account, no cookie."""
