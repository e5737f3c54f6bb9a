// Command service is what the runtimes are tested on: a service that answers, hangs or ends as MODE says.
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"
)

func main() {
	fmt.Println("service: MODE is", os.Getenv("MODE"))
	switch os.Getenv("MODE") {
	case "refuse":
		fmt.Fprintln(os.Stderr, "APP_ENV: required")
		os.Exit(2)
	case "sleep":
		time.Sleep(time.Hour)
	case "parent":
		child := exec.Command(os.Args[0])
		child.Env = []string{"MODE=sleep"}
		child.Stdout = os.Stdout
		if err := child.Start(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println("child", child.Process.Pid)
	}
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve() error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if os.Getenv("MODE") == "unready" {
			http.Error(w, "database: not reachable", http.StatusServiceUnavailable)
		}
	})
	mux.HandleFunc("GET /env", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(os.Environ())
	})
	mux.HandleFunc("GET /pid", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, os.Getpid())
	})
	// Dial says whether what a need's URL names can be reached from here.
	mux.HandleFunc("GET /dial", func(w http.ResponseWriter, r *http.Request) {
		address := r.URL.Query().Get("address")
		connection, err := net.DialTimeout("tcp", address, time.Second)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		_ = connection.Close()
	})
	host := os.Getenv("APP_HOST")
	if !strings.Contains(host, ".") {
		host = "0.0.0.0"
	}
	server := &http.Server{Addr: net.JoinHostPort(host, os.Getenv("APP_PORT")), Handler: mux, ReadHeaderTimeout: time.Second}
	fmt.Println("service: listens on", server.Addr)
	return server.ListenAndServe()
}
