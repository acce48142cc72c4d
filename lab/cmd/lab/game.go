//go:build linux

package main

import (
	"fmt"
	"net/http"
	"os"
	"time"
)

const gamePage = `<!DOCTYPE html>
<title>2048</title>
<h1>2048</h1>
<p>This page of the lab is served in the place of the game.</p>
`

// runGame serves a page on port 80, as the image does.
func runGame() int {
	server := &http.Server{Addr: ":80", ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, gamePage)
	})}
	fmt.Fprintln(os.Stderr, server.ListenAndServe())
	return statusFailed
}
