//go:build linux

package main

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestTheEchoServerDescribesTheRequestWithTheNameOfThePod(t *testing.T) {
	request := httptest.NewRequest("POST", "http://shop.example.com:80/path?key=1", strings.NewReader("text"))
	request.Header.Set("X-Forwarded-For", "192.0.2.10")
	got := describeRequest("echo-1", "10.0.0.9", request)
	for _, want := range []string{"\nHostname: echo-1\n", "\tclient_address=10.0.0.9\n", "\tmethod=POST\n", "\treal path=/path\n", "\tquery=key=1\n",
		"\trequest_uri=http://shop.example.com:8080", "\tx-forwarded-for=192.0.2.10\n", "\thost=shop.example.com:80\n", "\nRequest Body:\n\ttext\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q lacks %q", got, want)
		}
	}
}
