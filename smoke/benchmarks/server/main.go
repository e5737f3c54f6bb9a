// Command server is the receiver of the benchmarks that compare programs: it costs as little as a receiver can, and
// the same for all of them. POST /signed takes what is signed after Standard Webhooks, with no limit on its age, so
// that programs which cannot sign may send a signature made beforehand; POST /hook takes everything.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"flag"
	"io"
	"log"
	"net/http"
	"time"
)

const secret = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" //nolint:gosec // shared with everybody who reads this

func main() {
	address := flag.String("address", "127.0.0.1:8099", "where to listen")
	flag.Parse()
	key, err := base64.StdEncoding.DecodeString(secret)
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /signed", answer(func(r *http.Request, body []byte) bool {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(r.Header.Get("Webhook-Id") + "." + r.Header.Get("Webhook-Timestamp") + "."))
		mac.Write(body)
		return r.Header.Get("Webhook-Signature") == "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}))
	mux.HandleFunc("POST /hook", answer(func(*http.Request, []byte) bool { return true }))
	server := &http.Server{Addr: *address, Handler: mux, ReadHeaderTimeout: time.Minute}
	log.Fatal(server.ListenAndServe())
}

func answer(accepts func(*http.Request, []byte) bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || !accepts(r, body) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"status":"processed"}`) // a client that is gone misses nothing
	}
}
