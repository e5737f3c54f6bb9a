package broker

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
	"unicode"
)

// Config is the broker's address and the credentials for it. Without a URL a Client only reads public pacts by their URL.
type Config struct {
	URL                string        // its base URL, as a person opens it; user:password@ in it is taken as Username and Password
	Token              string        // bearer token, such as PactFlow issues; not together with Username and Password
	Username, Password string        // of basic authentication
	Header             http.Header   // sent to the broker with every request, and as secret as a token; nil: none
	HTTP               *http.Client  // its redirects are decided here, and it is not changed; nil: one of its own
	Timeout            time.Duration // of one request, with its answer; each MiB that is sent adds a second; zero: 30 s
	Retries            int           // attempts after the first of what may be sent again; zero: 2; negative: none
	MaxBytes           int64         // of one answer, uncompressed; zero: 128 MiB
	MaxQuery           int           // of one request, in bytes, where a proxy takes less than a broker; zero: 7500
}

// Variables that FromEnv reads, as Pact's own tools name them.
const (
	VariableURL      = "PACT_BROKER_BASE_URL"
	variableGoURL    = "PACT_BROKER_URL"   // pact-go's name for it
	VariableToken    = "PACT_BROKER_TOKEN" //nolint:gosec // the name of a variable, not a token
	VariableUsername = "PACT_BROKER_USERNAME"
	VariablePassword = "PACT_BROKER_PASSWORD"
)

// FromEnv reads the configuration from PACT_BROKER_BASE_URL, or else PACT_BROKER_URL, and PACT_BROKER_TOKEN,
// PACT_BROKER_USERNAME and PACT_BROKER_PASSWORD. Blanks around a value, such as the line break of a secret's file, are
// dropped. named reports whether there is a broker's URL. What New would refuse is an error here.
func FromEnv(getenv func(string) string) (config Config, named bool, err error) {
	read := func(name string) string { return strings.TrimSpace(getenv(name)) }
	config = Config{
		URL:   cmp.Or(read(VariableURL), read(variableGoURL)),
		Token: read(VariableToken), Username: read(VariableUsername), Password: read(VariablePassword),
	}
	if _, err := New(config); err != nil {
		return Config{}, false, err
	}
	return config, config.URL != "", nil
}

// Client is a client of one broker. It is safe for concurrent use.
type Client struct {
	base     *url.URL // nil: none is configured
	token    string
	username string
	password string
	header   http.Header
	http     *http.Client
	timeout  time.Duration
	retries  int
	limit    int64
	maxQuery int

	mu    sync.Mutex
	index links // once it was read
}

const (
	configure       = "configure the Pact Broker"
	defaultTimeout  = 30 * time.Second
	defaultRetries  = 2
	defaultMaxBytes = 128 << 20
	// defaultMaxQuery is below the 10 KiB that the web server of the Pact Broker takes
	// (https://github.com/puma/puma, MAX_QUERY_STRING_LENGTH), and the 8 KiB of many proxies.
	defaultMaxQuery = 7500
)

// New checks the configuration, and returns a client of it. It sends nothing. An error is ErrUsage.
func New(config Config) (*Client, error) {
	c := &Client{
		token: config.Token, username: config.Username, password: config.Password,
		header: config.Header, http: config.HTTP, timeout: cmp.Or(config.Timeout, defaultTimeout),
		limit: cmp.Or(config.MaxBytes, defaultMaxBytes), maxQuery: cmp.Or(config.MaxQuery, defaultMaxQuery),
	}
	c.retries = max(0, cmp.Or(config.Retries, defaultRetries))
	if c.http == nil {
		c.http = &http.Client{}
	}
	if config.URL != "" {
		base, err := parseURL(config.URL)
		if err != nil {
			return nil, usage(configure, "its URL (%s): %s", VariableURL, err)
		}
		if base.RawQuery != "" {
			return nil, usage(configure, "its URL (%s) has a query: want a base URL such as https://broker.example.com", VariableURL)
		}
		if base.User != nil {
			if c.username != "" || c.password != "" {
				return nil, usage(configure, "there are two users: one in its URL, and one beside it (%s, %s)", VariableUsername, VariablePassword)
			}
			c.username = base.User.Username()
			c.password, _ = base.User.Password()
			base.User = nil
		}
		c.base = base
	}
	return c, c.checkCredentials()
}

func (c *Client) checkCredentials() error {
	switch {
	case c.token != "" && (c.username != "" || c.password != ""):
		return usage(configure, "there is a token (%s) and a user or password (%s, %s): give one of the two", VariableToken, VariableUsername,
			VariablePassword)
	case c.password != "" && c.username == "":
		return usage(configure, "there is a password (%s) without a user (%s)", VariablePassword, VariableUsername)
	case c.base == nil && (c.token != "" || c.username != ""):
		return usage(configure, "there are credentials, and no URL (%s) that says which broker may have them", VariableURL)
	case c.timeout < 0 || c.limit < 0 || c.maxQuery < 0:
		return usage(configure, "its timeout and its bounds of bytes must not be negative")
	}
	for _, secret := range [][2]string{{VariableToken, c.token}, {VariableUsername, c.username}, {VariablePassword, c.password}} {
		if strings.ContainsFunc(secret[1], unicode.IsControl) || secret[0] == VariableToken && strings.ContainsFunc(secret[1], unicode.IsSpace) {
			return usage(configure, "%s has a blank or a control character in it, such as a line break", secret[0])
		}
	}
	return nil
}

// parseURL reads an absolute URL of http or https. Its errors do not repeat it, as it may hold a password.
func parseURL(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil {
		return nil, errors.New("it is no URL: want one such as https://broker.example.com")
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Opaque != "" {
		return nil, fmt.Errorf("its scheme is %q and its host %q: want a URL such as https://broker.example.com", u.Scheme, u.Hostname())
	}
	u.Fragment = ""
	return u, nil
}
