// Package sign signs webhooks as their senders do, and as forgers do: with an empty key, an old version, a time that is not
// a number, a header that is not a signature. It does not verify: the receiver decides what it accepts, and the services
// under test verify with independent code. It imports only the standard library.
//
// A scheme is one of three kinds. Those that a Config fully describes are hmac, ed25519, ecdsa (P-256 and SHA-256,
// ASN.1 DER), rsa (PKCS #1 v1.5), jwt, token (the secret itself, covering nothing) and none (no
// signature, with a reason).
// Those of a vendor are the same with a Config from the folder schemes, where each file names the vendor's page: a
// new one is a new file. What a Config cannot say is code: standard-webhooks, svix, twilio, http-message-signatures,
// adyen and aws-sns.
//
// A JSON Web Token (jwt, RFC 7519) covers what its claims hold, such as the hash of the body. Its algorithm is HS256 (default),
// HS512, RS256, ES256 or EdDSA; it travels after Bearer in Authorization unless header, format or prefix say otherwise. It
// reads key and key_prefix as hmac does, and private keys as the others. Its freshness is old where {expires} is in the
// claims, else none: the file says whether a receiver checks iat.
//
// # Keys of the configurable schemes
//
//	header             all but none                  the header that carries the signature; {n} numbers several: X-Signature-{n}
//	pointer            all but none and jwt          in place of header: where in the body it stands, as a JSON Pointer, in
//	                                                 which `*` stands for each index of an array
//	sha1_header        hmac                          a second header with an HMAC-SHA1 of the same text
//	id_header          all but none                  carries the event's id
//	timestamp_header   hmac ed25519 ecdsa rsa        carries the time of the attempt
//	timestamp_pointer  hmac ed25519 ecdsa rsa        where in the body the time of the attempt is put, before it is signed
//	timestamp_unit     hmac ed25519 ecdsa rsa        s (default), ms, rfc3339
//	template           hmac ed25519 ecdsa rsa        the signed text; default "{body}"
//	algorithm          hmac rsa                      sha256 (default), sha512, sha1
//	                   jwt                           HS256 (default), HS512, RS256, ES256, EdDSA
//	encoding           hmac ed25519 ecdsa rsa        hex, hex-upper, base64, base64url; default base64 for ecdsa and rsa, else hex
//	                   token                         plain (default), base64 (of user:password, for HTTP basic authentication)
//	format             hmac ed25519 ecdsa rsa        the header's value: {signature}, {timestamp}, {id}, {key_id}; default "{signature}"
//	                   token                         {secret}, such as "Bearer {secret}"; default "{secret}"
//	prefix             all but none                  short for a format that starts with it
//	separator          hmac ed25519 ecdsa rsa        between the format's parts; the header may then carry several signatures
//	key                hmac jwt                      how the secret holds the key: raw (default), base64, hex
//	key_prefix         hmac jwt                      stands in the secret before the encoded key, and is no part of it
//	key_id             hmac ed25519 ecdsa rsa jwt    {key_id} in template, format and claims; the kid of a token
//	claims             jwt                           the token's payload: JSON with the parts of a template;
//	                                                 default {"iat":{timestamp},"exp":{expires}}
//	lifetime           jwt                           from {timestamp} to {expires}, not longer than the tolerance; default 1m
//	freshness          hmac ed25519 ecdsa rsa jwt    what the vendor's own verification refuses of a signed time:
//	                                                 both (default) what is too old or ahead, old, none
//	reason             none                          why deliveries are not signed
//
// The secret of ed25519, ecdsa and rsa is a private key, as PEM or in base64, of Ed25519 also in hex. The receiver is
// configured with its public key in place of the vendor's:
//
//	openssl genpkey -algorithm ed25519 -out key.pem                                             # or, for ecdsa:
//	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem                 # or, for rsa:
//	openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem
//	openssl pkey -in key.pem -pubout                                                            # the public key
//	openssl pkey -in key.pem -pubout -outform DER | tail -c 32 | od -An -v -tx1 | tr -d ' \n'   # Discord's form of it
//	openssl req -x509 -key key.pem -subj /CN=test -out certificate.pem                          # what PayPal's and SNS's are
//
// # Parts of a template
//
//	{body} {body_sha256} {body_sha256_base64} {body_crc32}   the body's bytes; SHA-256 in hex and base64; CRC-32 as a number
//	{form_pairs}                                             a form's names and values, in the order of the names
//	{id} {timestamp} {key_id}                                the event's id, the time in timestamp_unit, the key's id
//	{expires}                                                in claims alone: {timestamp} and lifetime
//	{method} {url} {path} {query} {query:NAME}               of the request, as the receiver sees it publicly
//	{header:NAME}                                            another header of the request
//	{/data/id}                                               the value at a JSON Pointer into the body
//	{query:NAME|lower} {/data/id|lower}                      the same in lower case
//
// Examples, each as webhook.yaml has it after scheme and secret_env:
//
//	{scheme: hmac, header: Paddle-Signature, template: "{timestamp}:{body}", format: "ts={timestamp};h1={signature}", separator: ";"}
//	{scheme: hmac, header: X-Webflow-Signature, timestamp_header: X-Webflow-Timestamp, timestamp_unit: ms, template: "{timestamp}:{body}"}
//	{scheme: hmac, header: X-Sig, template: "id:{/data/id};rid:{header:x-request-id};ts:{timestamp};",
//	 format: "ts={timestamp},v1={signature}"}
//	{scheme: ed25519, header: X-Signature-Ed25519, timestamp_header: X-Signature-Timestamp, template: "{timestamp}{body}"}
//	{scheme: jwt, claims: '{"iss":"billing","iat":{timestamp},"exp":{expires},"body_sha256":"{body_sha256}"}'}
//	{scheme: jwt, algorithm: ES256, key_id: k1, header: X-Verification, freshness: old,
//	 claims: '{"iat":{timestamp},"request_body_sha256":"{body_sha256}"}'}
//	{scheme: token, header: X-Gitlab-Token}
//	{scheme: token, header: Authorization, format: "Basic {secret}", encoding: base64}
//	{scheme: none, reason: "the id is fetched back from the sender"}
package sign
