package check

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"eksnet/internal/charts"
	"eksnet/lab/rehearsed"
)

// teardownLimit is the time limit of the last step in the lab. The stack's is minutes.
const teardownLimit = 5 * time.Second

// teardown returns the release whose deletion waits for the end of the records, nil if the lab does not have it.
func (t *suiteRun) teardown() *rehearsed.Release {
	release := t.stack.ReleaseOf(charts.ExternalDNSTeardown)
	if t.Measurement() != nil { // nodes that run have no AWS CLI
		return nil
	}
	return release
}

// checkFailedTeardown deletes the release while records remain. Its Job must fail with their names, and so the deletion
// of the release.
func (x *externalDNS) checkFailedTeardown(ctx context.Context, t *suiteRun) error {
	release := t.teardown()
	if release == nil {
		return &skipped{errors.New("the stack, or a lab whose nodes run, does not have the last step")}
	}
	short := *release
	short.Values = maps.Clone(release.Values)
	short.Values["timeout"] = int(teardownLimit.Seconds())
	if err := t.Install(ctx, short); err != nil {
		return err
	}
	if err := t.Uninstall(ctx, short, timeout); err == nil {
		return errors.New("the release is deleted, although records remain")
	}
	text, err := t.teardownMessage(ctx, *release)
	if err != nil {
		return err
	}
	_, records, err := t.othersRecords(ctx)
	if err != nil {
		return err
	}
	for _, r := range records {
		if r.Type == "TXT" && hasOwner(r, ownerOf(t.stack)) && !strings.Contains(text, r.Zone+": "+r.Name) {
			return fmt.Errorf("the log of the Job does not contain %q: %s", r.Zone+": "+r.Name, text)
		}
	}
	return nil
}

// teardownMessage returns the termination message of the failed Job.
func (t *suiteRun) teardownMessage(ctx context.Context, r rehearsed.Release) (string, error) {
	pods, err := t.cluster.CoreV1().Pods(r.Namespace).List(ctx, metav1.ListOptions{LabelSelector: "app.kubernetes.io/name=" + r.Name})
	if err != nil {
		return "", err
	}
	for _, pod := range pods.Items {
		for _, c := range pod.Status.ContainerStatuses {
			if c.State.Terminated != nil && c.State.Terminated.ExitCode != 0 {
				return c.State.Terminated.Message, nil
			}
		}
	}
	return "", fmt.Errorf("none of the %d pods of the last step has failed", len(pods.Items))
}

// checkTeardown deletes the release after the last record.
func (x *externalDNS) checkTeardown(ctx context.Context, t *suiteRun) error {
	release := t.teardown()
	if release == nil {
		t.note("without the last step")
		return nil
	}
	return t.Uninstall(ctx, *release, timeout)
}
