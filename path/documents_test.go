package path_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/path"
	"eksnet/plan/balancer"
	"eksnet/plan/lint"
)

var update = flag.Bool("update", false, "write the tables of docs/load-balancing.md anew")

const document = "../docs/load-balancing.md"

func TestTheDocumentedTablesAreWhatThePathsAndTheRulesAre(t *testing.T) {
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	got, want := string(text), string(text)
	for name, table := range map[string]string{"paths": paths(t), "traps": traps()} {
		begin, end := "<!-- "+name+" -->\n", "<!-- end of "+name+" -->"
		before, rest, begun := strings.Cut(want, begin)
		_, after, ended := strings.Cut(rest, end)
		if !begun || !ended {
			t.Fatalf("%s has no %q", document, name)
		}
		want = before + begin + table + end + after
	}
	if got != want && *update {
		if err := os.WriteFile(document, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if got != want {
		t.Errorf("%s is not what paths and rules are; run: go test ./path -run Documented -update", document)
	}
}

// paths is a table of the whole matrix, as far as it works.
func paths(t *testing.T) string {
	rows := []string{
		"| kind | target | trafficPolicy | protocol | proxyProtocol | preserveClientAddress | kube-proxy | pod sees | client address in | health check |",
		"|---|---|---|---|---|---|---|---|---|---|",
	}
	matrix(func(at place) bool {
		s, problems := load(map[string]string{"eksnet:workloads": `{"shop": ` + at.workload() + `}`})
		if problems.Err() != nil {
			return true
		}
		way, err := path.Of(s, "shop")
		if err != nil {
			t.Fatal(err)
		}
		if row := row(s.Workloads["shop"], way); !slices.Contains(rows, row) {
			rows = append(rows, row)
		}
		return true
	})
	return strings.Join(rows, "\n") + "\n"
}

func row(w config.Workload, way path.Path) string {
	protocol := w.Protocol
	if protocol == config.ProtocolTCP || protocol == config.ProtocolTLS {
		protocol = "TCP, TLS"
	}
	preserves, proxy := "", ""
	if w.Kind == config.KindNLB {
		preserves = fmt.Sprint(balancer.PreservesClientAddress(w))
	}
	if w.Kind != config.KindALB {
		proxy = fmt.Sprint(w.ProxyProtocol)
	}
	cells := []string{w.Kind, w.Target, w.TrafficPolicy, protocol, proxy, preserves, string(way.KubeProxy), string(way.Source) + " address", way.ClientAddressIn, way.Health.Protocol + ", " + way.Health.By}
	for i := range cells {
		cells[i] = cmp.Or(cells[i], "–")
	}
	return "| " + strings.Join(cells, " | ") + " |"
}

// traps is a table of the rules.
func traps() string {
	var text strings.Builder
	text.WriteString("| rule | is | why | source |\n|---|---|---|---|\n")
	for _, rule := range lint.Rules() {
		is := "warned of"
		if rule.Refused {
			is = "refused"
		}
		fmt.Fprintf(&text, "| `%s` | %s | %s | %s |\n", rule.Name, is, rule.Reason, rule.Source)
	}
	return text.String()
}
