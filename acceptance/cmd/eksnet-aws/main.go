// Command eksnet-aws checks whether a stack can be created in an AWS account, audits the account for what belongs to a
// stack, and sweeps it.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"eksnet/acceptance/awsapi"
	"eksnet/acceptance/command"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := command.Run(ctx, os.Args[1:], command.World{Out: os.Stdout, Complaints: os.Stderr, Open: awsapi.Open, Environment: os.Getenv})
	stop()
	os.Exit(status)
}
