// Command istiod is Istio's control plane. Called as istiod agent, it runs in the place of the image of proxies, which
// is Envoy with Istio's agent: it reads its configuration from istiod as Envoy does, and answers on the agent's ports.
// It is not Envoy: it opens and accepts no mutual TLS, and answers 501 to requests whose routes it does not support.
package main

import (
	"fmt"
	"os"

	"istio.io/istio/pilot/cmd/pilot-discovery/app"
)

// agentCommand is the argument with which the program runs in the place of the image of proxies.
const agentCommand = "agent"

func main() {
	var err error
	if len(os.Args) > 1 && os.Args[1] == agentCommand {
		err = runAgent(os.Args[2:])
	} else {
		err = app.NewRootCommand().Execute()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
