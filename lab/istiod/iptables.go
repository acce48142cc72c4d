package main

import (
	"fmt"
	"os/exec"
	"strings"
)

// inboundPort is the port to which connections to a pod are redirected
// (istio.io/latest/docs/ops/deployment/application-requirements, ports used by Istio).
const inboundPort = "15006"

// redirectInbound redirects the connections to the pod to the proxy, except those to excluded ports. Those of the pod
// to others are not redirected: in the lab's user namespace all processes have one user, by which the rules of Istio
// distinguish the connections of the proxy from those of the application.
func redirectInbound(arguments []string) error {
	for _, rule := range inboundRules(arguments) {
		command := exec.Command("iptables", append([]string{"-w", "-t", "nat", "-A", "PREROUTING", "-p", "tcp"}, rule...)...)
		if output, err := command.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", strings.Join(command.Args, " "), err, strings.TrimSpace(string(output)))
		}
	}
	return nil
}

// inboundRules returns the rules for the options -z, the port of the proxy, and -d, the excluded ports.
func inboundRules(arguments []string) (rules [][]string) {
	to := inboundPort
	for i, option := range arguments[:max(0, len(arguments)-1)] {
		switch value := arguments[i+1]; option {
		case "-z":
			to = value
		case "-d":
			for port := range strings.SplitSeq(value, ",") {
				rules = append(rules, []string{"--dport", port, "-j", "RETURN"})
			}
		}
	}
	return append(rules, []string{"-j", "REDIRECT", "--to-ports", to})
}
