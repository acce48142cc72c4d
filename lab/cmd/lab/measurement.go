//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
)

// Commands that a running lab carries out, because it has the network namespaces of all hosts and the state of its load
// balancers.
const (
	requestsCommand = "requests"
	hopsCommand     = "hops"
)

// measurementUsage describes their arguments.
var measurementUsage = map[string]string{
	requestsCommand: "requests WORKLOAD [-n COUNT] [-svg FILE]",
	hopsCommand:     "hops WORKLOAD [-zone ZONE], or hops -from NAMESPACE/POD URL",
}

// isMeasurement reports whether the arguments are of such a command.
func isMeasurement(args []string) bool { return len(args) > 0 && measurementUsage[args[0]] != "" }

// measurementArgs are the arguments of such a command.
type measurementArgs struct {
	// Command is requests or hops, and Subject the workload or the URL.
	Command, Subject string
	Count            int
	Zone, From       string
}

// measurementResult is the result of such a command.
type measurementResult struct {
	Text string
	SVG  []byte
	// Differences reports whether something differs from what is predicted.
	Differences bool
	Error       string
}

// measurementSocket is the name of the socket at which a running lab accepts these commands, in the lab's folder.
const measurementSocket = "measurements"

// runMeasurement sends a command to the running lab, and prints the result.
func (o *invocation) runMeasurement(ctx context.Context, args []string) (int, error) {
	a, file, err := parseMeasurement(args)
	if err != nil {
		return statusUsage, err
	}
	if _, err := o.runningLab(); err != nil {
		return statusUsage, err
	}
	result, err := o.requestMeasurement(ctx, a)
	if err != nil {
		return statusFailed, err
	}
	if result.Error != "" {
		return statusUsage, errors.New(result.Error)
	}
	fmt.Print(result.Text)
	if file != "" {
		if err := os.WriteFile(file, result.SVG, 0o644); err != nil {
			return statusFailed, err
		}
	}
	if result.Differences {
		return statusFailed, nil
	}
	return statusOK, nil
}

// parseMeasurement reads the arguments. Flags may be before and after the others.
func parseMeasurement(args []string) (a measurementArgs, file string, err error) {
	a.Command = args[0]
	usage := fmt.Errorf("accepted: lab -stack NAME %s", measurementUsage[a.Command])
	flags := flag.NewFlagSet(a.Command, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	if a.Command == requestsCommand {
		flags.IntVar(&a.Count, "n", 100, "")
		flags.StringVar(&file, "svg", "", "")
	} else {
		flags.StringVar(&a.Zone, "zone", "", "")
		flags.StringVar(&a.From, "from", "", "")
	}
	var subjects []string
	for rest := args[1:]; ; rest = flags.Args()[1:] {
		if err := flags.Parse(rest); err != nil {
			return a, "", fmt.Errorf("%w; %w", err, usage)
		}
		if flags.NArg() == 0 {
			break
		}
		subjects = append(subjects, flags.Arg(0))
	}
	switch {
	case len(subjects) != 1:
		return a, "", fmt.Errorf("lab %s has %d arguments; %w", a.Command, len(subjects), usage)
	case a.Command == requestsCommand && a.Count < 1:
		return a, "", fmt.Errorf("-n %d: accepted: 1 or more", a.Count)
	case a.Zone != "" && a.From != "":
		return a, "", fmt.Errorf("-zone %s is for a load balancer, and -from %s for a request of a pod; %w", a.Zone, a.From, usage)
	}
	a.Subject = subjects[0]
	return a, file, nil
}

// requestMeasurement sends a command to the socket of the running lab.
func (o *invocation) requestMeasurement(ctx context.Context, a measurementArgs) (result measurementResult, err error) {
	body, err := json.Marshal(a)
	if err != nil {
		return result, err
	}
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (connection net.Conn, err error) {
		err = atSocket(o.lab(), func(path string) (err error) {
			connection, err = new(net.Dialer).DialContext(ctx, "unix", path)
			return err
		})
		return connection, err
	}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://lab/", bytes.NewReader(body))
	if err != nil {
		return result, err
	}
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return result, fmt.Errorf("the lab of stack %s does not accept the command; it may still be starting: %w", o.stack, err)
	}
	defer response.Body.Close()
	return result, json.NewDecoder(response.Body).Decode(&result)
}

// atSocket calls a function with a path of the socket in a folder. It is short, because the kernel accepts at most 107
// bytes.
func atSocket(folder string, call func(path string) error) error {
	dir, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer dir.Close()
	return call(fmt.Sprintf("/proc/self/fd/%d/%s", dir.Fd(), measurementSocket))
}
