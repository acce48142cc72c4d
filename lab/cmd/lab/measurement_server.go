//go:build linux

package main

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"sync"

	"eksnet/lab/cluster"
	"eksnet/lab/measure"
)

// serveMeasurements accepts commands for the lab until ctx ends. It carries out one at a time.
func (o *invocation) serveMeasurements(ctx context.Context, lab *cluster.Lab) error {
	m := lab.Measurement()
	if m == nil {
		return nil
	}
	var listener net.Listener
	err := atSocket(o.lab(), func(path string) (err error) {
		listener, err = net.Listen("unix", path)
		return err
	})
	if err != nil {
		return err
	}
	listener.(*net.UnixListener).SetUnlinkOnClose(false) // the folder of the path is closed by then
	var one sync.Mutex
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var a measurementArgs
		if err := json.NewDecoder(r.Body).Decode(&a); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		one.Lock()
		defer one.Unlock()
		result, err := runMeasurement(r.Context(), m, a)
		if err != nil {
			result.Error = err.Error()
		}
		_ = json.NewEncoder(w).Encode(result)
	})}
	context.AfterFunc(ctx, func() { server.Close() })
	go server.Serve(listener)
	return nil
}

// runMeasurement carries out a command.
func runMeasurement(ctx context.Context, m *measure.Measurement, a measurementArgs) (result measurementResult, err error) {
	if a.Command == requestsCommand {
		r, err := m.Requests(ctx, a.Subject, a.Count)
		if err != nil {
			return result, err
		}
		return measurementResult{Text: string(r.Text()), SVG: r.SVG(), Differences: len(r.Differences) > 0}, nil
	}
	h, err := hops(ctx, m, a)
	if err != nil {
		return result, err
	}
	return measurementResult{Text: string(h.Text()), Differences: len(h.Differences()) > 0}, nil
}

func hops(ctx context.Context, m *measure.Measurement, a measurementArgs) (*measure.Hops, error) {
	if a.From != "" {
		return m.HopsFrom(ctx, a.From, a.Subject)
	}
	return m.HopsTo(ctx, a.Subject, a.Zone)
}
