package vendors

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// keys are what a receiver verifies with: the shared secret, or the public key of an asymmetric one.
type keys struct {
	Secret string `json:"secret"`
	Key    string `json:"key"`

	// of mollie the one of the stand-in of its API, whose private key is Key; of aws-sns what signatures are verified with
	Certificate string `json:"certificate"`
}

// served is what node/server.mjs says of itself.
type served struct {
	Port      int               `json:"port"`
	Receivers map[string]string `json:"receivers"` // the sender of each
}

// installed installs the libraries of node/package-lock.json, once for each state of that file.
var installed = sync.OnceValue(func() error {
	lock, err := os.ReadFile("node/package-lock.json")
	if err != nil {
		return err
	}
	mark := filepath.Join("node", "node_modules", ".fridaygate-lock")
	if have, err := os.ReadFile(mark); err == nil && bytes.Equal(have, lock) {
		return nil
	}
	install := exec.Command("npm", "ci")
	install.Dir = "node"
	if said, err := install.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci in %s: %w (Node.js 20 or later is needed to run the vendors' JavaScript libraries)\n%s", install.Dir, err, said)
	}
	return os.WriteFile(mark, lock, 0o600)
})

// serve starts node/server.mjs. It ends with the test.
func serve(t *testing.T, secrets map[string]keys) served {
	t.Helper()
	require.NoError(t, installed())
	for _, source := range []string{"server.mjs", "vendors.mjs"} {
		_, err := os.ReadFile(filepath.Join("node", source)) // so that go test runs again when it changes
		require.NoError(t, err)
	}
	node := exec.CommandContext(t.Context(), "node", "server.mjs")
	node.Dir, node.Stderr = "node", os.Stderr
	// The stand-in of Mollie's API and Amazon's certificates is nobody that the libraries trust.
	node.Env = append(os.Environ(), "NODE_TLS_REJECT_UNAUTHORIZED=0", "NODE_NO_WARNINGS=1")
	in, err := node.StdinPipe()
	require.NoError(t, err)
	out, err := node.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, node.Start())
	t.Cleanup(func() {
		_ = in.Close() // which ends the server
		_ = node.Wait()
	})
	require.NoError(t, json.NewEncoder(in).Encode(secrets))
	var said served
	require.NoError(t, json.NewDecoder(io.LimitReader(out, 1<<16)).Decode(&said), "the server's first line")
	return said
}

// sharedSecrets returns what each sender signs with, and what each receiver verifies with.
func sharedSecrets(t *testing.T) (sign map[string]string, verify map[string]keys) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	public, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	require.NoError(t, err)
	discord := ed25519.NewKeyFromSeed([]byte(secret[:32])).Public().(ed25519.PublicKey)
	sign = map[string]string{
		"standard-webhooks": whsec, "svix": whsec, "adyen": hex.EncodeToString([]byte(secret)), "discord": seed,
		"sendgrid": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
	}
	verify = map[string]keys{
		"sendgrid": {Key: base64.StdEncoding.EncodeToString(public)}, "discord": {Key: hex.EncodeToString(discord)},
	}
	certificate, err := x509.CreateCertificate(rand.Reader, &loopback, &loopback, &private.PublicKey, private)
	require.NoError(t, err)
	verify["mollie"] = keys{
		Key:         sign["sendgrid"],
		Certificate: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})),
	}
	amazon := issue(t, "sns.amazonaws.com", nil)
	sign["aws-sns"], verify["aws-sns"] = amazon.privatePEM, keys{Certificate: amazon.certificatePEM}
	return sign, verify
}

// loopback is the certificate of the stand-in of Mollie's API.
var loopback = x509.Certificate{
	SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
}

func TestReceiversWithNodeLibraries(t *testing.T) {
	sign, verify := sharedSecrets(t)
	for _, sender := range []string{
		"stripe", "github", "slack", "slack-interactive", "slack-commands", "twilio", "shopify", "square", "paddle", "hubspot", "razorpay",
		"workos", "linear", "mercadopago", "vonage", "zoom",
	} {
		sign[sender] = secret
	}
	for sender, shared := range sign {
		if _, asymmetric := verify[sender]; !asymmetric {
			verify[sender] = keys{Secret: shared}
		}
	}
	server := serve(t, verify)
	require.GreaterOrEqual(t, len(server.Receivers), 26)
	for name, sender := range server.Receivers {
		t.Run(name, func(t *testing.T) {
			judge(t, sender, sign[sender], func(_ *testing.T, forgetful bool) string {
				mode := map[bool]string{false: "exact", true: "forgetful"}[forgetful]
				return fmt.Sprintf("http://127.0.0.1:%d/%s/%s", server.Port, url.PathEscape(name), mode)
			})
		})
	}
}
