package documented

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"
)

// Reader follows documents: it runs their commands from the folder of the project.
type Reader struct {
	Root string
	// LabArgs are further arguments of the labs, such as their ports.
	LabArgs []string
	Out     io.Writer
	// Pause is the time before a command with other output is run again.
	Pause time.Duration

	session *Session
	lab     *Lab
}

// commandTime is the time after which a command that runs until Ctrl-C is interrupted.
const commandTime = 60 * time.Second

// Follow runs the commands of a document, and prints a line for each, with the differences. Those that start a lab run
// it in the background, in the place of the one before.
func (r *Reader) Follow(ctx context.Context, document string) (failed error) {
	commands, err := Read(filepath.Join(r.Root, document))
	if err != nil {
		return err
	}
	defer r.stop()
	if r.session, err = NewSession(r.Root); err != nil {
		return err
	}
	different := 0
	for _, c := range commands {
		title := fmt.Sprintf("%s:%d: %s", document, c.Line, firstLine(c.Text))
		if c.Skipped != "" {
			fmt.Fprintf(r.Out, "  not run  %s: %s\n", title, c.Skipped)
			continue
		}
		differences, err := r.run(ctx, c)
		if err != nil {
			return fmt.Errorf("%s: %w", title, err)
		}
		if len(differences) == 0 {
			fmt.Fprintf(r.Out, "  ok       %s\n", title)
			continue
		}
		different++
		fmt.Fprintf(r.Out, "  DIFFERS  %s\n           %s\n", title, strings.Join(differences, "\n           "))
	}
	if different > 0 {
		return fmt.Errorf("%s: the output of %d of %d commands differs", document, different, len(commands))
	}
	return nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

func (r *Reader) run(ctx context.Context, c Command) ([]string, error) {
	if found := startLab.FindStringSubmatch(c.Text); found != nil {
		if err := r.startLab(ctx, found[1]); err != nil {
			return nil, err
		}
		return Compare(c.Output, r.lab.Output()), nil
	}
	// An object may be a moment late, as for a reader who is quick, and kube-proxy's rules choose another pod than in the
	// document: the output of the last try counts.
	const tries = 5
	for try := 1; ; try++ {
		output, err := r.session.Run(ctx, c.Text, commandTime)
		if err != nil {
			return nil, err
		}
		differences := Compare(c.Output, output)
		if len(differences) == 0 || try == tries {
			return differences, nil
		}
		time.Sleep(r.Pause)
	}
}

func (r *Reader) startLab(ctx context.Context, stack string) (err error) {
	if err := r.stopLab(); err != nil {
		return err
	}
	r.lab, err = StartLab(ctx, r.Root, stack, r.LabArgs...)
	return err
}

func (r *Reader) stopLab() error {
	if r.lab == nil {
		return nil
	}
	err := r.lab.Stop()
	r.lab = nil
	if err != nil {
		return errors.Join(errors.New("the lab did not stop"), err)
	}
	return nil
}

func (r *Reader) stop() {
	if r.session != nil {
		r.session.Stop()
	}
	if err := r.stopLab(); err != nil {
		fmt.Fprintln(r.Out, err)
	}
}
