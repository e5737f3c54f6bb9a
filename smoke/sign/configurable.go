package sign

// configurable lists the schemes that a Config fully describes.
func configurable() []known {
	common := []string{
		"header", "pointer", "id_header", "timestamp_header", "timestamp_pointer", "timestamp_unit", "template",
		"encoding", "format", "prefix", "separator", "key_id", "freshness",
	}
	return []known{
		{"hmac", append(common, "algorithm", "key", "key_prefix", "sha1_header"), configuredHMAC},
		{"ed25519", common, func(c Config) (Scheme, []error) { return c.asymmetric(edSecret, otherEd25519, "hex") }},
		{"ecdsa", common, func(c Config) (Scheme, []error) { return c.asymmetric(ecdsaSecret, otherECDSA, "base64") }},
		{"rsa", append(common, "algorithm"), configuredRSA},
		{
			"jwt",
			[]string{"header", "id_header", "claims", "lifetime", "algorithm", "format", "prefix", "key", "key_prefix", "key_id", "freshness"},
			configuredJWT,
		},
		{"token", []string{"header", "pointer", "id_header", "encoding", "format", "prefix"}, configuredToken},
		{"none", []string{"reason"}, unsigned},
	}
}
