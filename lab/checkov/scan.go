package checkov

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// Finding is a check that a resource of a stack fails.
type Finding struct {
	// Stack is the stack, and Address the resource in its plan, such as aws_vpc.prod.
	Stack, Address string
	// Cluster is the name of the stack's cluster, with which the names of its resources begin.
	Cluster string
	// Check is the ID of the check, such as CKV2_AWS_11, and Expects what it expects.
	Check, Expects string
}

// typ returns the Terraform type of the resource.
func (f Finding) typ() string {
	typ, _, _ := strings.Cut(f.Address, ".")
	return typ
}

// name returns the name of the resource.
func (f Finding) name() string {
	_, name, _ := strings.Cut(f.Address, ".")
	return name
}

// Result is what Checkov found.
type Result struct {
	Findings []Finding
	// Passed is the number of checks that passed, and Resources that of the resources.
	Passed, Resources int
}

// Scan runs Checkov on the plans in a folder, which are named STACK.json. The names of clusters are by stack.
func Scan(ctx context.Context, program, dir string, clusters map[string]string) (*Result, error) {
	// --skip-download: without it Checkov asks its vendor's service for guidelines.
	command := exec.CommandContext(ctx, program, "--directory", dir, "--framework", "terraform_plan", "--output", "json", "--compact", "--skip-download")
	var output, problems bytes.Buffer
	command.Stdout, command.Stderr = &output, &problems
	err := command.Run()
	// Status 1 means findings.
	if exit := (*exec.ExitError)(nil); err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
		return nil, fmt.Errorf("checkov: %w: %s", err, strings.TrimSpace(problems.String()))
	}
	return parse(output.Bytes(), clusters)
}

// parse reads what Checkov prints.
func parse(output []byte, clusters map[string]string) (*Result, error) {
	var printed struct {
		Results struct {
			Failed []struct {
				Check    string `json:"check_id"`
				Name     string `json:"check_name"`
				Resource string `json:"resource"`
				File     string `json:"file_path"`
			} `json:"failed_checks"`
		} `json:"results"`
		Summary *struct {
			Passed    int `json:"passed"`
			Errors    int `json:"parsing_errors"`
			Resources int `json:"resource_count"`
		} `json:"summary"`
	}
	if err := json.Unmarshal(output, &printed); err != nil {
		return nil, fmt.Errorf("output of checkov: %w", err)
	}
	if printed.Summary == nil || printed.Summary.Errors > 0 || printed.Summary.Passed == 0 {
		return nil, fmt.Errorf("checkov read no plan: %.300s", output)
	}
	result := &Result{Passed: printed.Summary.Passed, Resources: printed.Summary.Resources}
	for _, f := range printed.Results.Failed {
		stack := strings.TrimSuffix(filepath.Base(f.File), ".json")
		result.Findings = append(result.Findings, Finding{Stack: stack, Cluster: clusters[stack], Address: f.Resource, Check: f.Check, Expects: f.Name})
	}
	return result, nil
}
