package command

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"eksnet/acceptance/account"
	"eksnet/acceptance/audit"
	"eksnet/internal/output"
)

// result is what the command prints with -json.
type result struct {
	Account string        `json:"account"`
	Region  string        `json:"region"`
	Stack   string        `json:"stack"`
	Cluster string        `json:"cluster"`
	Report  *audit.Report `json:"report"`
	// Deleted are the ARNs or IDs of what a sweep deleted.
	Deleted []string `json:"deleted,omitempty"`
}

func (c *call) audit(ctx context.Context, w World, a account.Account) int {
	identity, err := a.Identity(ctx)
	if err != nil {
		return c.complain(ctx, w, err)
	}
	report, err := audit.Run(ctx, a, c.scope)
	if err != nil {
		return c.complain(ctx, w, err)
	}
	err = output.Write(w.Out, func(out io.Writer) {
		if c.json {
			writeJSON(out, result{identity.Account, c.spec.Region, c.stack, c.scope.Cluster, report, nil})
			return
		}
		c.writeHead(out, identity, report)
		writeReport(out, report)
	})
	if err != nil {
		fmt.Fprintf(w.Complaints, "eksnet-aws: %v\n", err)
		return misused
	}
	return statusOf(report)
}

// statusOf is clean if nothing remains but what AWS deletes automatically.
func statusOf(report *audit.Report) int {
	if len(report.Findings) > len(report.With(audit.Ending)) {
		return remains
	}
	return clean
}

func writeJSON(out io.Writer, value any) {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) // output.Write reports an error of the writer
}

// writeHead prints what was audited.
func (c *call) writeHead(out io.Writer, identity account.Identity, report *audit.Report) {
	fmt.Fprintf(out, "account %s, region %s, as %s\n", identity.Account, c.spec.Region, identity.ARN)
	status := "does not exist"
	if report.ClusterStatus != "" {
		status = "exists, " + report.ClusterStatus + ": what follows is in use; pulumi destroy deletes it"
	}
	fmt.Fprintf(out, "stack %s, cluster %s: %s\n", c.stack, c.scope.Cluster, status)
}

// writeReport prints findings by what happens to them.
func writeReport(out io.Writer, report *audit.Report) {
	free := report.With(audit.Free)
	held := report.With(audit.Data, audit.Protected, audit.Shared, audit.Unclaimed)
	if len(free)+len(held) == 0 {
		fmt.Fprintln(out, "nothing remains")
	} else {
		fmt.Fprintf(out, "%s, %.2f USD a month by the list prices of us-east-1\n", count(len(free)+len(held), "resource remains", "resources remain"), report.MonthlyCost())
	}
	writeFindings(out, "\nResources of the stack", free)
	writeReasons(out, free)
	writeFindings(out, "\nNot deleted by a sweep", held)
	for _, f := range held {
		fmt.Fprintf(out, "  %s %s: %s\n", f.Kind, label(f), f.Reason)
	}
	writeFindings(out, "\nDeleted automatically by AWS", report.With(audit.Ending))
	for _, f := range report.With(audit.Ending) {
		fmt.Fprintf(out, "  %s %s: %s\n", f.Kind, label(f), f.Reason)
	}
	writeARNs(out, "\nOf other services, with a tag of the stack", report.Unknown)
	if n := len(report.Ended); n > 0 {
		fmt.Fprintf(out, "\nThe tagging API also lists %s that no longer exist or that AWS deletes with their VPC.\n", count(n, "resource", "resources"))
	}
	writeCommands(out, append(free, held...))
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// label is the ID of a finding, or the end of its ARN, and its name if that is another one.
func label(f audit.Finding) string {
	id := f.ID
	if parts := strings.SplitN(id, ":", 6); len(parts) == 6 {
		id = parts[5]
	}
	if f.Name == "" || strings.Contains(id, f.Name) {
		return id
	}
	return id + " (" + f.Name + ")"
}

func writeFindings(out io.Writer, title string, findings []audit.Finding) {
	if len(findings) == 0 {
		return
	}
	fmt.Fprintln(out, title)
	var text bytes.Buffer
	table := tabwriter.NewWriter(&text, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "  RESOURCE\tID\tCREATED BY\tFOR\tSTATE\tUSD A MONTH")
	for _, f := range findings {
		cost := ""
		if f.MonthlyCost > 0 {
			cost = fmt.Sprintf("%.2f", f.MonthlyCost)
		}
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\t%s\t%s\n", f.Kind, label(f), f.Creator, f.For, f.State, cost)
	}
	_ = table.Flush() // a buffer returns no errors
	for line := range strings.Lines(text.String()) {
		fmt.Fprintln(out, strings.TrimRight(line, " \n"))
	}
}

// writeReasons prints once why the resources of each creator remain.
func writeReasons(out io.Writer, findings []audit.Finding) {
	printed := map[string]bool{}
	for _, f := range findings {
		if line := f.Creator + ": " + f.Why; !printed[line] {
			printed[line] = true
			fmt.Fprintf(out, "  %s\n", line)
		}
	}
}

func writeARNs(out io.Writer, title string, arns []string) {
	if len(arns) > 0 {
		fmt.Fprintf(out, "%s\n  %s\n", title, strings.Join(arns, "\n  "))
	}
}

// writeCommands prints the commands that delete the findings, in the order of the report.
func writeCommands(out io.Writer, findings []audit.Finding) {
	if len(findings) == 0 {
		return
	}
	fmt.Fprintln(out, "\nCommands, each of which works once those before it have finished; decide about those after #")
	for _, f := range findings {
		begin := "  "
		if f.Hold != audit.Free {
			fmt.Fprintf(out, "  # %s %s: %s\n", f.Kind, label(f), f.Reason)
			begin = "  # "
		}
		for _, command := range f.Remove {
			fmt.Fprintf(out, "%s%s\n", begin, command)
		}
	}
}
