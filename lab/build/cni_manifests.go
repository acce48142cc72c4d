package build

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// cniManifests are the files of modules with what EKS installs for the VPC CNI, in the order in which they are created.
var cniManifests = []struct{ module, file string }{
	{"github.com/aws/amazon-vpc-resource-controller-k8s", "config/crd/bases/vpcresources.k8s.aws_cninodes.yaml"},
	{"github.com/aws/amazon-vpc-resource-controller-k8s", "config/crd/bases/vpcresources.k8s.aws_securitygrouppolicies.yaml"},
	{"github.com/aws/amazon-vpc-cni-k8s", "config/master/aws-k8s-cni.yaml"},
}

// copyCNIManifests copies the manifests from the modules that the program in a folder is built of.
func (t *Tools) copyCNIManifests(ctx context.Context, dir, cache string) error {
	folder, err := moduleFolder(ctx, dir, cache, "manifests")
	if err != nil {
		return err
	}
	for _, m := range cniManifests {
		t.CNIManifests = append(t.CNIManifests, filepath.Join(folder.dir, filepath.Base(m.file)))
	}
	if folder.complete() {
		return nil
	}
	return folder.create(func(string) error {
		for i, m := range cniManifests {
			source, err := moduleSource(ctx, dir, m.module)
			if err != nil {
				return err
			}
			if err := copyFile(filepath.Join(source, m.file), t.CNIManifests[i]); err != nil {
				return fmt.Errorf("manifests of the VPC CNI: %w", err)
			}
		}
		return nil
	})
}

// moduleSource downloads a module that the program in a folder is built of, and returns the folder of its files.
func moduleSource(ctx context.Context, dir, module string) (string, error) {
	if _, err := goOutput(ctx, dir, "mod", "download", module); err != nil {
		return "", err
	}
	source, err := goOutput(ctx, dir, "list", "-m", "-f", "{{.Dir}}", module)
	return strings.TrimSpace(source), err
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o644)
}
