//go:build linux

package main

import (
	"cmp"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"
)

// runEchoServer serves on port 8080 what the image echoserver does: a description of the request, with the name of the
// pod. It writes a line for each request, as nginx does (github.com/kubernetes/kubernetes, test/images/echoserver).
func runEchoServer() int {
	host, err := os.Hostname()
	if err != nil {
		return printError(statusFailed, err)
	}
	log.SetFlags(0)
	log.SetOutput(os.Stdout)
	server := &http.Server{Addr: ":8080", ReadHeaderTimeout: 10 * time.Second,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			client, _, _ := net.SplitHostPort(r.RemoteAddr)
			w.Header().Set("Content-Type", "text/plain")
			written, _ := io.WriteString(w, describeRequest(host, client, r))
			log.Printf("%s - - [%s] \"%s %s %s\" 200 %d %q %q", client, time.Now().Format("02/Jan/2006:15:04:05 -0700"), r.Method,
				r.RequestURI, r.Proto, written, cmp.Or(r.Referer(), "-"), cmp.Or(r.UserAgent(), "-"))
		})}
	return printError(statusFailed, server.ListenAndServe())
}

// describeRequest returns the response for a request.
func describeRequest(host, client string, r *http.Request) string {
	body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	var text strings.Builder
	fmt.Fprintf(&text, "\n\nHostname: %s\n\nPod Information:\n\t-no pod information available-\n\n", host)
	fmt.Fprintf(&text, "Request Information:\n\tclient_address=%s\n\tmethod=%s\n\treal path=%s\n\tquery=%s\n", client, r.Method, r.URL.Path, r.URL.RawQuery)
	fmt.Fprintf(&text, "\trequest_version=%d.%d\n\trequest_uri=http://%s:8080%s\n\nRequest Headers:\n", r.ProtoMajor, r.ProtoMinor, hostName(r.Host), r.RequestURI)
	headers := map[string]string{"host": r.Host}
	for name, values := range r.Header {
		headers[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		fmt.Fprintf(&text, "\t%s=%s\n", name, headers[name])
	}
	fmt.Fprintf(&text, "\nRequest Body:\n\t%s\n\n", cmp.Or(string(body), "-no body in request-"))
	return text.String()
}

// hostName returns a host without its port.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}
