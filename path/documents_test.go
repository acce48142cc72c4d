package path_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/path/rows"
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

// paths is a table of all rows with the protocols that the lab has measured. Rows that differ only in TCP and TLS are
// one of the table.
func paths(t *testing.T) string {
	all, measured := allRows(t), readMeasurements(t)
	protocols, cells := map[string][]string{}, []string{}
	for _, r := range all {
		row := row(r)
		if _, found := protocols[row]; !found {
			cells = append(cells, row)
			protocols[row] = nil
		}
		if _, found := measured.Find(r.Row); found {
			protocols[row] = append(protocols[row], r.Protocol)
		}
	}
	var text strings.Builder
	text.WriteString("| kind | target | trafficPolicy | protocol | proxyProtocol | preserveClientAddress | kube-proxy | pod sees | client address in | health check | measured |\n")
	text.WriteString("|---|---|---|---|---|---|---|---|---|---|---|\n")
	for _, row := range cells {
		fmt.Fprintf(&text, "%s %s |\n", row, cmp.Or(strings.Join(protocols[row], ", "), "–"))
	}
	fmt.Fprintf(&text, "\nMeasured with Kubernetes %s and version %s of the load balancer controller.\n", measured.Kubernetes, measured.LoadBalancerController)
	return text.String()
}

func row(r rows.Planned) string {
	protocol := r.Protocol
	if protocol == config.ProtocolTCP || protocol == config.ProtocolTLS {
		protocol = "TCP, TLS"
	}
	preserves, proxy := "", ""
	if r.Kind == config.KindNLB {
		preserves = fmt.Sprint(r.PreserveClientAddress)
	} else {
		protocol = ""
	}
	if r.Kind != config.KindALB {
		proxy = fmt.Sprint(r.ProxyProtocol)
	}
	way := r.Path
	cells := []string{r.Kind, r.Target, r.TrafficPolicy, protocol, proxy, preserves, string(way.KubeProxy), string(way.Source) + " address", way.ClientAddressIn, way.Health.Protocol + ", " + way.Health.By}
	for i := range cells {
		cells[i] = cmp.Or(cells[i], "–")
	}
	return "| " + strings.Join(cells, " | ") + " |"
}

func allRows(t *testing.T) []rows.Planned {
	t.Helper()
	all, err := rows.All()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func readMeasurements(t *testing.T) rows.Measurements {
	t.Helper()
	measured, err := rows.Read(rows.File)
	if err != nil {
		t.Fatal(err)
	}
	return measured
}

func TestThePathsAreWhatTheLabMeasured(t *testing.T) {
	for _, line := range readMeasurements(t).Differences(allRows(t)) {
		t.Errorf("%s; if the path is right, measure again: make lab-paths", line)
	}
}

// traps is a table of the rules.
func traps() string {
	var text strings.Builder
	text.WriteString("| rule | is | why | measured | source |\n|---|---|---|---|---|\n")
	for _, rule := range lint.Rules() {
		is := "warned of"
		if rule.Refused {
			is = "refused"
		}
		measured := "–"
		if rule.Measured {
			measured = "yes"
		}
		fmt.Fprintf(&text, "| `%s` | %s | %s | %s | %s |\n", rule.Name, is, rule.Reason, measured, rule.Source)
	}
	return text.String()
}
