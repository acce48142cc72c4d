package build

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// ResourceController is the name of EKS's VPC resource controller, and of its process.
const ResourceController = "vpc-resource-controller"

// Ports of the VPC resource controller in the lab. Its own are constants of its main function, and with simulated nodes
// the load balancer controller has the same.
const (
	ResourceControllerWebhooks = 19443
	ResourceControllerHealth   = 19779
)

// resourceControllerModule is its module.
const resourceControllerModule = "github.com/aws/amazon-vpc-resource-controller-k8s"

// replacedPorts are the ports in the main function, v1.8.2.
var replacedPorts = map[string]string{
	"webhook.Options{Port: 9443}":          fmt.Sprintf("webhook.Options{Port: %d}", ResourceControllerWebhooks),
	`HealthProbeBindAddress:     ":61779"`: fmt.Sprintf(`HealthProbeBindAddress:     "127.0.0.1:%d"`, ResourceControllerHealth),
}

// resourceManifests are the files of the module with what EKS creates in each cluster for the controller, in the order
// in which they are created: the definitions of its objects, the permissions of the controller, and its webhooks.
var resourceManifests = []string{
	"config/crd/bases/vpcresources.k8s.aws_cninodes.yaml",
	"config/crd/bases/vpcresources.k8s.aws_securitygrouppolicies.yaml",
	"config/rbac/role.yaml",
	"config/webhook/manifests.yaml",
}

// PrepareResourceController builds the VPC resource controller if it is missing, and copies its manifests. It has a
// module of its own, and only stacks with security groups for pods have it.
func (t *Tools) PrepareResourceController(ctx context.Context, module, cache string, out io.Writer) error {
	unlock, err := lock(cache)
	if err != nil {
		return err
	}
	defer unlock()
	return t.compileResourceController(ctx, filepath.Join(module, "resourcecontroller"), cache, newProgress(out))
}

func (t *Tools) compileResourceController(ctx context.Context, dir, cache string, p *progress) error {
	ports, err := json.Marshal(replacedPorts)
	if err != nil {
		return err
	}
	folder, err := moduleFolder(ctx, dir, cache, "resourcecontroller", append(resourceManifests, string(ports))...)
	if err != nil {
		return err
	}
	t.ResourceController, t.ResourceManifests = filepath.Join(folder.dir, ResourceController), nil
	for _, file := range resourceManifests {
		t.ResourceManifests = append(t.ResourceManifests, filepath.Join(folder.dir, filepath.Base(file)))
	}
	if folder.complete() {
		return nil
	}
	return folder.create(func(into string) error {
		p.begin("building the VPC resource controller, once: 1 to 10 minutes on two cores")
		defer p.end()
		source, err := moduleSource(ctx, dir, resourceControllerModule)
		if err != nil {
			return err
		}
		for i, file := range resourceManifests {
			if err := copyFile(filepath.Join(source, file), t.ResourceManifests[i]); err != nil {
				return fmt.Errorf("manifests of the VPC resource controller: %w", err)
			}
		}
		overlay, err := writeOverlay(source, dir, into)
		if err != nil {
			return err
		}
		args := append([]string{"build", "-v", "-o", t.ResourceController, "-overlay", overlay, "-ldflags=-s -w"}, buildFlags...)
		command := exec.CommandContext(ctx, "go", append(args, ".")...)
		command.Dir, command.Env = dir, buildEnv()
		if err := runWithProgress(command, p); err != nil {
			return fmt.Errorf("building the VPC resource controller: %w", err)
		}
		return nil
	})
}

// writeOverlay writes the main function of the VPC resource controller with the lab's ports, and the file by which the
// compiler finds it in the folder of the lab's module. It returns the latter.
func writeOverlay(source, dir, into string) (string, error) {
	original, changed := filepath.Join(source, "main.go"), filepath.Join(into, "main.go")
	content, err := os.ReadFile(original)
	if err != nil {
		return "", fmt.Errorf("the VPC resource controller: %w", err)
	}
	text := string(content)
	for old, port := range replacedPorts {
		if strings.Count(text, old) != 1 {
			return "", fmt.Errorf("the VPC resource controller: %s has %q %d times, wanted once", original, old, strings.Count(text, old))
		}
		text = strings.ReplaceAll(text, old, port)
	}
	found, err := filepath.Abs(filepath.Join(dir, "main.go"))
	if err != nil {
		return "", err
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{found: changed}})
	if err != nil {
		return "", err
	}
	file := filepath.Join(into, "overlay.json")
	if err := os.WriteFile(changed, []byte(text), 0o644); err != nil {
		return "", err
	}
	return file, os.WriteFile(file, overlay, 0o644)
}
