package cri

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	api "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// PullImage makes an image present if it has a program.
func (r *Runtime) PullImage(_ context.Context, request *api.PullImageRequest) (*api.PullImageResponse, error) {
	image := request.Image.GetImage()
	if _, err := r.options.Program(image); err != nil {
		return nil, status.Error(codes.NotFound, err.Error())
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.images[image] = true
	return &api.PullImageResponse{ImageRef: imageID(image)}, nil
}

// ImageStatus returns a present image, by its name or ID.
func (r *Runtime) ImageStatus(_ context.Context, request *api.ImageStatusRequest) (*api.ImageStatusResponse, error) {
	if name, ok := r.findImage(request.Image.GetImage()); ok {
		return &api.ImageStatusResponse{Image: r.describeImage(name)}, nil
	}
	return &api.ImageStatusResponse{}, nil
}

// ListImages returns the present images.
func (r *Runtime) ListImages(_ context.Context, request *api.ListImagesRequest) (*api.ListImagesResponse, error) {
	response := &api.ListImagesResponse{}
	only := request.Filter.GetImage().GetImage()
	for _, name := range r.presentImages() {
		if only == "" || only == name || only == imageID(name) {
			response.Images = append(response.Images, r.describeImage(name))
		}
	}
	return response, nil
}

// RemoveImage makes an image absent.
func (r *Runtime) RemoveImage(_ context.Context, request *api.RemoveImageRequest) (*api.RemoveImageResponse, error) {
	if name, ok := r.findImage(request.Image.GetImage()); ok {
		r.mutex.Lock()
		defer r.mutex.Unlock()
		delete(r.images, name)
	}
	return &api.RemoveImageResponse{}, nil
}

// ImageFsInfo returns the file system of the runtime's folder. Images use none of it.
func (r *Runtime) ImageFsInfo(context.Context, *api.ImageFsInfoRequest) (*api.ImageFsInfoResponse, error) {
	usage := r.fileSystemUsage(unix.Statfs_t{})
	all := []*api.FilesystemUsage{usage}
	return &api.ImageFsInfoResponse{ImageFilesystems: all, ContainerFilesystems: all}, nil
}

// fileSystemUsage returns the used part of a file system as one of the runtime's folder.
func (r *Runtime) fileSystemUsage(s unix.Statfs_t) *api.FilesystemUsage {
	return &api.FilesystemUsage{
		Timestamp:  time.Now().UnixNano(),
		FsId:       &api.FilesystemIdentifier{Mountpoint: r.options.Dir},
		UsedBytes:  &api.UInt64Value{Value: (s.Blocks - s.Bfree) * uint64(s.Bsize)},
		InodesUsed: &api.UInt64Value{Value: s.Files - s.Ffree},
	}
}

func (r *Runtime) presentImages() []string {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return slices.Sorted(maps.Keys(r.images))
}

// findImage returns the name of a present image.
func (r *Runtime) findImage(nameOrID string) (string, bool) {
	for _, name := range r.presentImages() {
		if nameOrID == name || nameOrID == imageID(name) {
			return name, true
		}
	}
	return "", false
}

// describeImage returns an image as one that garbage collection keeps: it uses no space.
func (r *Runtime) describeImage(name string) *api.Image {
	image := &api.Image{Id: imageID(name), Size: 1, Pinned: true, Spec: &api.ImageSpec{Image: name}}
	if strings.Contains(name, "@") {
		image.RepoDigests = []string{name}
	} else {
		image.RepoTags = []string{name}
	}
	if program, err := r.options.Program(name); err == nil && program.User != 0 {
		image.Uid = &api.Int64Value{Value: program.User}
	}
	return image
}
