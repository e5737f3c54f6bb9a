package corpus

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"strings"
)

// Serve plays the provider on a port of the loopback interface until stop is called. It adds no byte to what the variant
// has, but for the status line, Content-Length and Connection: close.
func (v Variant) Serve() (address string, stop func(), err error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0") // until stop
	if err != nil {
		return "", nil, err
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go v.serve(c)
		}
	}()
	return l.Addr().String(), func() { _ = l.Close() }, nil
}

// wrong returns how a request differs from what it must be.
func (v Variant) wrong(r *http.Request, body []byte) string {
	var all []string
	if query, ok := strings.CutPrefix(v.Target, "QUERY:"); ok {
		var want map[string][]string
		_ = json.Unmarshal([]byte(query), &want)
		if got, err := url.ParseQuery(r.URL.RawQuery); err != nil || !reflect.DeepEqual(map[string][]string(got), want) {
			all = append(all, "query "+r.RequestURI)
		}
	} else if v.Target != "" && !regexp.MustCompile("^(?:"+v.Target+")$").MatchString(r.RequestURI) {
		all = append(all, "target "+r.RequestURI)
	}
	if v.Host != "" && r.Host != v.Host {
		all = append(all, "host "+r.Host)
	}
	for name, want := range v.Header {
		if got := strings.Join(r.Header.Values(name), " | "); got != want {
			all = append(all, fmt.Sprintf("header %s=%q", name, got))
		}
	}
	if v.Req != "" && !regexp.MustCompile("(?s)^(?:"+v.Req+")$").Match(body) {
		all = append(all, fmt.Sprintf("body %q", body))
	}
	return strings.Join(all, "; ")
}

func (v Variant) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	r, err := http.ReadRequest(bufio.NewReader(c))
	if err != nil {
		return
	}
	body, _ := io.ReadAll(r.Body)
	if text := v.wrong(r, body); text != "" {
		_, _ = fmt.Fprintf(c, "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
			len(text), text)
		return
	}
	status, answer := max(v.Status, 200), v.Answer()
	_, _ = fmt.Fprintf(c, "HTTP/1.1 %d %s\r\n", status, http.StatusText(status))
	for _, h := range v.Headers {
		_, _ = fmt.Fprintf(c, "%s: %s\r\n", h[0], h[1])
	}
	if status == http.StatusNoContent || status == http.StatusNotModified {
		answer = nil
	} else if r.Method != http.MethodHead {
		_, _ = fmt.Fprintf(c, "Content-Length: %d\r\n", len(answer))
	}
	_, _ = io.WriteString(c, "Connection: close\r\n\r\n")
	if r.Method != http.MethodHead {
		_, _ = c.Write(answer)
	}
}
