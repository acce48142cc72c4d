package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// jobRunner runs the pods of Jobs on simulated nodes. Their commands are run on this machine, with the command aws for
// AWS, and a pod ends with its command.
type jobRunner struct {
	lab *Lab

	mutex sync.Mutex
	runs  map[types.UID]*jobRun
}

// jobRun is the command of a pod. result is nil while it runs.
type jobRun struct {
	cancel context.CancelFunc
	result *corev1.ContainerStateTerminated
}

// isJobPod reports whether a pod ends with its command.
func isJobPod(pod *corev1.Pod) bool {
	owner := metav1.GetControllerOf(pod)
	return owner != nil && owner.Kind == "Job"
}

// sync starts the command of a pod that has an address, and returns the status of one whose command has ended, nil
// before.
func (r *jobRunner) sync(ctx context.Context, pod *corev1.Pod) *corev1.PodStatus {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.runs == nil {
		r.runs = map[types.UID]*jobRun{}
	}
	run := r.runs[pod.UID]
	if run == nil {
		run = &jobRun{}
		r.runs[pod.UID] = run
		ctx, run.cancel = context.WithCancel(ctx)
		go r.run(ctx, pod.DeepCopy(), run)
	}
	if run.result == nil || pod.Status.Phase != corev1.PodRunning {
		return nil
	}
	return endedStatus(pod, run.result)
}

// endedStatus returns the status of a pod whose command has ended.
func endedStatus(pod *corev1.Pod, result *corev1.ContainerStateTerminated) *corev1.PodStatus {
	next := pod.DeepCopy()
	next.Status.Phase = corev1.PodSucceeded
	if result.ExitCode != 0 {
		next.Status.Phase = corev1.PodFailed
	}
	for i := range next.Status.ContainerStatuses {
		next.Status.ContainerStatuses[i].State = corev1.ContainerState{Terminated: result}
		next.Status.ContainerStatuses[i].Ready = false
	}
	setCondition(next, corev1.ContainersReady, false, result.Reason)
	setCondition(next, corev1.PodReady, false, result.Reason)
	return &next.Status
}

// stop ends the command of a deleted pod.
func (r *jobRunner) stop(pod types.UID) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if run := r.runs[pod]; run != nil {
		run.cancel()
	}
}

// run runs the command of a pod until it ends.
func (r *jobRunner) run(ctx context.Context, pod *corev1.Pod, run *jobRun) {
	began := metav1.Now()
	code, text := r.execute(ctx, pod)
	result := &corev1.ContainerStateTerminated{ExitCode: int32(code), Reason: "Completed", StartedAt: began, FinishedAt: metav1.Now()}
	if code != 0 {
		result.Reason, result.Message = "Error", lastMessage(text)
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	run.result = result
}

// mostMessage is the size of a termination message that the kubelet takes from a log
// (kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure).
const mostMessage = 2048

// lastMessage returns the end of a log.
func lastMessage(text string) string {
	text = strings.TrimSpace(text)
	return text[max(0, len(text)-mostMessage):]
}

// execute runs the command of a pod, and returns its exit code and output. Its log is beside those of processes.
func (r *jobRunner) execute(ctx context.Context, pod *corev1.Pod) (code int, output string) {
	command, err := r.command(ctx, pod)
	var text []byte
	if err == nil {
		text, err = command.CombinedOutput()
	}
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		code = max(1, exit.ExitCode()) // -1 for a killed one
	} else if err != nil {
		code, text = 1, []byte(err.Error())
	}
	_ = os.WriteFile(r.lab.group.Log("job-"+pod.Name), text, 0o644)
	return code, string(text)
}

// command returns the command of a pod with its environment and the role of its service account.
func (r *jobRunner) command(ctx context.Context, pod *corev1.Pod) (*exec.Cmd, error) {
	container := pod.Spec.Containers[0]
	if len(container.Command) == 0 {
		return nil, fmt.Errorf("image %s: the lab runs Jobs that have a command", container.Image)
	}
	bin, err := r.lab.writeAWSCommand()
	if err != nil {
		return nil, err
	}
	c := &controller{lab: r.lab, controllerProgram: controllerProgram{name: filepath.Join("jobs", pod.Name), title: "the Job"}}
	if err := os.MkdirAll(c.folder(), 0o700); err != nil {
		return nil, err
	}
	identity, err := c.roleEnvironment(ctx, pod)
	if err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, container.Command[0], append(container.Command[1:], container.Args...)...)
	command.WaitDelay = time.Second // for children that keep the output open
	command.Env = append(r.lab.awsEnvironment(identity...), "PATH="+bin+":/usr/bin:/bin")
	for _, variable := range container.Env {
		command.Env = append(command.Env, variable.Name+"="+variable.Value)
	}
	return command, nil
}

// writeAWSCommand writes the command aws into a folder, which it returns.
func (l *Lab) writeAWSCommand() (string, error) {
	bin := l.path("jobs", "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return "", err
	}
	script := fmt.Sprintf("#!/bin/sh\nPYTHONDONTWRITEBYTECODE=1 exec '%s' '%s' \"$@\"\n", l.Tools.Python, filepath.Join(filepath.Dir(l.Tools.Moto), "aws_command.py"))
	return bin, os.WriteFile(filepath.Join(bin, "aws"), []byte(script), 0o755)
}
