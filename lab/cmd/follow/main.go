// Command follow runs the commands of documents in labs, as a reader does, and compares the output with the documents.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"eksnet/internal/project"
	"eksnet/lab/documented"
)

func main() { os.Exit(run()) }

func run() int {
	lab := flag.String("lab", "", "further arguments of the labs, such as \"-kubernetes-port 7443 -aws-port 5200\"")
	flag.Usage = func() {
		fmt.Fprint(os.Stderr, "usage: follow [-lab ARGUMENTS] DOCUMENT ...\n\nRuns the commands of documents, such as docs/packets.md, in labs, and compares the output.\n\n")
		flag.PrintDefaults()
	}
	flag.Parse()
	root, err := project.Root()
	if err != nil || flag.NArg() == 0 {
		flag.Usage()
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), unix.SIGINT, unix.SIGTERM)
	defer stop()
	status := 0
	for _, document := range flag.Args() {
		r := &documented.Reader{Root: root, LabArgs: strings.Fields(*lab), Out: os.Stdout, Pause: 5 * time.Second}
		if err := r.Follow(ctx, document); err != nil {
			fmt.Fprintln(os.Stderr, "follow:", err)
			status = 1
		}
		if ctx.Err() != nil {
			break
		}
	}
	return status
}
