package documented

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"testing"

	"eksnet/acceptance/awsapi"
	"eksnet/acceptance/command"
	"eksnet/acceptance/mototest"
)

// refusal is a command that an account or its credentials do not allow.
type refusal struct {
	cause, line string
	open        func(ctx context.Context, c command.Credentials) (command.Account, error)
}

func TestTheDocumentShowsTheLineOfEachRefusal(t *testing.T) {
	endpoint := mototest.Start(t, mototest.Account)
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_CONFIG_FILE", t.TempDir()+"/none")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", t.TempDir()+"/none")
	fixed := func(url string) func(context.Context, command.Credentials) (command.Account, error) {
		return func(context.Context, command.Credentials) (command.Account, error) {
			return awsapi.New(mototest.Config(url, mototest.Region)), nil
		}
	}
	var table strings.Builder
	table.WriteString("| cause | command | printed | exit status |\n|---|---|---|---|\n")
	for _, r := range []refusal{
		{"another account", "accept dev-ap-northeast-2 --account 444455556666", fixed(endpoint)},
		{"an account that the stack file does not accept", "look prod-us-east-1", fixed(endpoint)},
		{"a name of production", "accept prod-us-east-1 --account 111122223333", fixed(endpoint)},
		{"no credentials", "check dev-ap-northeast-2", func(ctx context.Context, c command.Credentials) (command.Account, error) { return awsapi.Open(ctx, c) }},
		{"an expired token", "audit dev-ap-northeast-2", fixed(refuse(t, endpoint, "", "ExpiredToken", "The security token included in the request is expired"))},
		{"a missing right", "audit dev-ap-northeast-2", fixed(refuse(t, endpoint, "DescribeVpcs", "UnauthorizedOperation", "You are not authorized to perform this operation."))},
	} {
		var out, complaints bytes.Buffer
		status := command.Run(t.Context(), append(strings.Fields(r.line), "-C", "../.."), command.World{Out: &out, Complaints: &complaints,
			Environment: func(string) string { return "" }, Open: r.open})
		if out.Len() > 0 || strings.Count(complaints.String(), "\n") != 1 {
			t.Errorf("%s: %s%s", r.cause, out.String(), complaints.String())
		}
		fmt.Fprintf(&table, "| %s | `%s` | `%s` | %d |\n", r.cause, r.line, strings.TrimSpace(complaints.String()), status)
	}
	compareTable(t, table.String())
}

// refuse returns the URL of an endpoint that refuses an action, or all if it is "", and forwards the others to moto.
func refuse(t *testing.T, endpoint, action, code, message string) string {
	t.Helper()
	target, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	forward := httputil.NewSingleHostReverseProxy(target)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body bytes.Buffer
		_, _ = body.ReadFrom(r.Body)
		if !strings.Contains(body.String(), "Action="+action) {
			r.Body = readCloser{&body}
			forward.ServeHTTP(w, r)
			return
		}
		w.WriteHeader(http.StatusForbidden)
		element := "<ErrorResponse><Error><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>"
		if action != "" { // EC2 has another form
			element = "<Response><Errors><Error><Code>%s</Code><Message>%s</Message></Error></Errors></Response>"
		}
		fmt.Fprintf(w, element, code, message)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// readCloser is a body that was read.
type readCloser struct{ *bytes.Buffer }

func (readCloser) Close() error { return nil }

// compareTable compares a table with the one in the document.
func compareTable(t *testing.T, table string) {
	t.Helper()
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- refusals -->\n", "<!-- end of refusals -->"
	before, rest, begun := strings.Cut(string(text), begin)
	shown, after, ended := strings.Cut(rest, end)
	switch {
	case !begun || !ended:
		t.Fatalf("%s has no %s", document, begin)
	case shown == table:
	case !*update:
		t.Errorf("%s has another table of refusals; run: go test ./documented -update. The table is\n%s", document, table)
	default:
		if err := os.WriteFile(document, []byte(before+begin+table+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
