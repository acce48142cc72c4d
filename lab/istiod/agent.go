package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os/signal"

	"golang.org/x/sys/unix"
)

// Roles of a proxy: beside an application, or as a gateway.
const (
	roleSidecar = "sidecar"
	roleRouter  = "router"
)

// runAgent runs a command of Istio's agent with its arguments, as istiod writes them into pods.
func runAgent(arguments []string) error {
	log.SetFlags(log.Ltime)
	if len(arguments) == 0 {
		return errors.New("agent: no command; accepted: istio-iptables, proxy, request")
	}
	switch arguments[0] {
	case "istio-iptables":
		return redirectInbound(arguments[1:])
	case "request": // before the end of a pod it requests that the proxy closes connections, which end with it here
		return nil
	case "proxy":
		if len(arguments) > 1 && (arguments[1] == roleSidecar || arguments[1] == roleRouter) {
			return runProxy(arguments[1])
		}
		return fmt.Errorf("agent proxy: role %q; accepted: %s, %s", arguments[1:], roleSidecar, roleRouter)
	}
	return fmt.Errorf("agent: command %q; accepted: istio-iptables, proxy, request", arguments[0])
}

// runProxy runs a proxy until it is stopped.
func runProxy(role string) error {
	ctx, stop := signal.NotifyContext(context.Background(), unix.SIGINT, unix.SIGTERM)
	defer stop()
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	n, err := readNode(role)
	if err != nil {
		return err
	}
	received := &configuration{}
	run := func(serve func() error) {
		go func() { fail(serve()) }()
	}
	run(func() error { return serveHealth(n, received) })
	if role == roleSidecar {
		run(serveInbound)
	} else {
		g := &gateway{configuration: received, report: fail}
		received.changed = g.update
	}
	go follow(ctx, n, received)
	<-ctx.Done()
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}
