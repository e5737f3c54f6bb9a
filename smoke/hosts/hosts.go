package hosts

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"
)

// ErrRefused reports a host or an address that is not on the list. Nothing was sent to it.
var ErrRefused = errors.New("not on the list of hosts")

// List is the hosts that a run may reach. The zero value allows none.
type List struct {
	Resolver *net.Resolver // nil: the system's

	names    []string       // lower case; one that starts with *. stands for every name below it
	prefixes []netip.Prefix // addresses that a name may resolve to although they are private, or that a URL may hold
}

// New reads a list: names, names such as *.example.com, addresses and networks such as 10.0.0.0/8. localhost stands for the
// loopback addresses as well. The error is of the entry that cannot be used.
func New(entries []string) (List, error) {
	var l List
	for _, entry := range entries {
		if prefix, err := netip.ParsePrefix(entry); err == nil {
			l.prefixes = append(l.prefixes, prefix.Masked())
			continue
		}
		if address, err := netip.ParseAddr(entry); err == nil {
			l.prefixes = append(l.prefixes, netip.PrefixFrom(address, address.BitLen()))
			continue
		}
		name := strings.ToLower(strings.TrimSuffix(entry, "."))
		if name == "" || strings.ContainsAny(strings.TrimPrefix(name, "*."), "*/:@ ") {
			return List{}, fmt.Errorf("%q: must be a host such as api.example.com or *.example.com, without a scheme and a port, "+
				"or a network such as 10.0.0.0/8", entry)
		}
		if name == "localhost" {
			l.prefixes = append(l.prefixes, netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128"))
		}
		l.names = append(l.names, name)
	}
	return l, nil
}

// Check returns an error, which is ErrRefused, unless the host of a URL is on the list.
func (l List) Check(u *url.URL) error { return l.host(u.Hostname()) }

func (l List) host(host string) error {
	if address, err := netip.ParseAddr(host); err == nil {
		if l.named(address) {
			return nil
		}
		return fmt.Errorf("%s: %w: add it to hosts if the run may reach it", host, ErrRefused)
	}
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	for _, allowed := range l.names {
		if below, wild := strings.CutPrefix(allowed, "*"); name == allowed || wild && strings.HasSuffix(name, below) {
			return nil
		}
	}
	return fmt.Errorf("%s: %w: add it to hosts if the run may reach it", host, ErrRefused)
}

// named reports whether the list has an address itself.
func (l List) named(address netip.Addr) bool {
	address = address.Unmap().WithZone("")
	return slices.ContainsFunc(l.prefixes, func(p netip.Prefix) bool { return p.Contains(address) })
}

// special are networks that are not on the internet and that package netip does not call private (RFC 6890, RFC 6598).
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"),
}

// internal reports whether an address is within a network of its own, such as that of a company or of a cloud's metadata.
func internal(a netip.Addr) bool {
	return !a.IsGlobalUnicast() || a.IsPrivate() || slices.ContainsFunc(special, func(p netip.Prefix) bool { return p.Contains(a) })
}

// address returns an error unless a connection to an address is allowed, whatever name led to it.
func (l List) address(address string) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%s: %w", address, ErrRefused)
	}
	if ip := at.Addr().Unmap().WithZone(""); internal(ip) && !l.named(ip) {
		return fmt.Errorf("%s is a private address, and %w: add it, or its network, to hosts if the name may lead there", ip, ErrRefused)
	}
	return nil
}

// Guard returns a transport with the settings of another one that reaches only the hosts of the list. The name is checked
// for each request, and again, with the address that it resolved to, for each connection: a name that resolves to another
// address the next time is no way around it. A proxy must be on the list as well.
func (l List) Guard(base *http.Transport) *http.Transport {
	guarded := base.Clone()
	through := guarded.Proxy
	guarded.Proxy = func(r *http.Request) (*url.URL, error) {
		if err := l.Check(r.URL); err != nil || through == nil {
			return nil, err
		}
		return through(r)
	}
	guarded.DialTLSContext, guarded.DialTLS, guarded.Dial = nil, nil, nil //nolint:staticcheck // they would go around the guard
	guarded.DialContext = l.Dial
	return guarded
}

// Dial connects to an address whose host is on the list.
func (l List) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if network == "unix" {
		host, err = "localhost", nil
	}
	if err == nil {
		err = l.host(host)
	}
	if err != nil {
		return nil, err
	}
	dialer := &net.Dialer{Timeout: 30 * time.Second, Resolver: l.Resolver}
	if network != "unix" {
		dialer.ControlContext = func(_ context.Context, _, address string, _ syscall.RawConn) error { return l.address(address) }
	}
	return dialer.DialContext(ctx, network, redirected(ctx, address))
}

// Addresses returns the addresses that a host has now; of an address that itself.
func (l List) Addresses(ctx context.Context, host string) ([]netip.Addr, error) {
	if err := l.host(host); err != nil {
		return nil, err
	}
	resolver := l.Resolver
	if resolver == nil {
		resolver = net.DefaultResolver
	}
	return resolver.LookupNetIP(ctx, "ip", host)
}

// replica is one address of a host.
type replica struct {
	host    string
	address netip.Addr
}

type replicaKey struct{}

// To returns a context in which connections of a guarded transport to a host go to one of its addresses.
func To(ctx context.Context, host string, address netip.Addr) context.Context {
	return context.WithValue(ctx, replicaKey{}, replica{host, address})
}

// redirected returns the address to connect to.
func redirected(ctx context.Context, address string) string {
	one, ok := ctx.Value(replicaKey{}).(replica)
	if host, port, err := net.SplitHostPort(address); ok && err == nil && host == one.host {
		return net.JoinHostPort(one.address.Unmap().String(), port)
	}
	return address
}
