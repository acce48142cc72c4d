// Command eksnet-aws checks whether a stack can be created in an AWS account, compares requests to a running stack with
// the stack file, creates and deletes a stack to compare it with its rehearsal, audits the account for what belongs to
// a stack, and sweeps it.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"eksnet/acceptance/accept"
	"eksnet/acceptance/awsapi"
	"eksnet/acceptance/command"
	"eksnet/acceptance/kubernetes"
	"eksnet/acceptance/look"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt, syscall.SIGTERM)
	status := command.Run(ctx, os.Args[1:], command.World{
		Out: os.Stdout, Complaints: os.Stderr, In: os.Stdin, Environment: os.Getenv,
		Open:       func(ctx context.Context, c command.Credentials) (command.Account, error) { return awsapi.Open(ctx, c) },
		Cluster:    func(kubeconfig, name string) (look.Cluster, error) { return kubernetes.Open(kubeconfig, name) },
		Driver:     func(dir, stack string) accept.Driver { return accept.Pulumi{Dir: dir, Stack: stack, Output: os.Stderr} },
		Interrupts: interrupts,
	})
	stop()
	os.Exit(status)
}
