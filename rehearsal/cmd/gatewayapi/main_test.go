package main

import (
	"compress/gzip"
	"crypto/sha256"
	"io"
	"os"
	"strings"
	"testing"
)

const file = "../../../addons/gatewayapi/definitions.json.gz"

func TestTheDefinitionsAreThoseOfTheModule(t *testing.T) {
	objects, err := readModule()
	if err != nil {
		t.Fatal(err)
	}
	want, err := render(objects)
	if err != nil {
		t.Fatal(err)
	}
	compressed, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer compressed.Close()
	reader, err := gzip.NewReader(compressed)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	if reader.Comment != header {
		t.Errorf("the header is %q, want %q", reader.Comment, header)
	}
	if sha256.Sum256(got) != sha256.Sum256(want) {
		t.Errorf("%s is not that of %s %s; run: cd rehearsal && go run ./cmd/gatewayapi", file, module, version)
	}
}

// The load balancer controller disables a kind of load balancer if one of these is missing.
func TestTheDefinitionsHaveWhatTheControllerLooksFor(t *testing.T) {
	objects, err := readModule()
	if err != nil {
		t.Fatal(err)
	}
	text, err := render(objects)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"Gateway", "GatewayClass", "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute", "ListenerSet", "ReferenceGrant"} {
		if count := strings.Count(string(text), `"names":{"categories":["gateway-api"],"kind":"`+kind+`"`); count != 1 {
			t.Errorf("%d definitions of %s, want 1", count, kind)
		}
	}
	for _, kind := range []string{"ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"} {
		if count := strings.Count(string(text), `"kind":"`+kind+`","metadata"`); count != 1 {
			t.Errorf("%d objects of kind %s, want 1", count, kind)
		}
	}
}
