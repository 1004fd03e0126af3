/** Published part of a data set. */
export type Split = 'train' | 'test';

/** A published data set: its files, where they are, and how to know them. */
export interface Dataset {
  /** Shown in messages. */
  readonly name: string;
  /** Its folder in the cache. */
  readonly key: string;
  /** Where its files may lie below the folder that a user names. */
  readonly folders: readonly string[];
  /** Addresses of folders that hold `archive`, or each file with `.gz` after its name; tried in order. */
  readonly mirrors: readonly string[];
  /** One archive with all the files; without it each file is published by itself. */
  readonly archive?: { readonly file: string; readonly md5: string };
  readonly train: readonly DatasetFile[];
  readonly test: readonly DatasetFile[];
}

export interface DatasetFile {
  readonly file: string;
  /** Of the unpacked file: mirrors gzip anew, so the packed one has no fixed checksum. */
  readonly md5?: string;
}

export const MNIST: Dataset = {
  name: 'MNIST',
  key: 'mnist',
  folders: ['', 'mnist', 'MNIST/raw'],
  mirrors: ['https://storage.googleapis.com/cvdf-datasets/mnist/', 'https://ossci-datasets.s3.amazonaws.com/mnist/'],
  train: [
    { file: 'train-images-idx3-ubyte', md5: '6bbc9ace898e44ae57da46a324031adb' },
    { file: 'train-labels-idx1-ubyte', md5: 'a25bea736e30d166cdddb491f175f624' },
  ],
  test: [
    { file: 't10k-images-idx3-ubyte', md5: '2646ac647ad5339dbf082846283269ea' },
    { file: 't10k-labels-idx1-ubyte', md5: '27ae3e4e09519cfbb04c329615203637' },
  ],
};

/** Its files have the names of MNIST's, so a folder that a user names must not mix the two. */
export const FASHION_MNIST: Dataset = {
  name: 'Fashion-MNIST',
  key: 'fashion-mnist',
  folders: ['', 'fashion-mnist', 'fashion_mnist', 'fashion', 'FashionMNIST/raw'],
  mirrors: [
    'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/',
    'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/',
  ],
  train: [
    { file: 'train-images-idx3-ubyte', md5: 'f4a8712d7a061bf5bd6d2ca38dc4d50a' },
    { file: 'train-labels-idx1-ubyte', md5: '9018921c3c673c538a1fc5bad174d6f9' },
  ],
  test: [
    { file: 't10k-images-idx3-ubyte', md5: '8181f5470baa50b63fa0f6fddb340f0a' },
    { file: 't10k-labels-idx1-ubyte', md5: '15d484375f8d13e6eb1aabb0c3f46965' },
  ],
};

const CIFAR_MIRRORS = ['https://www.cs.toronto.edu/~kriz/', 'https://cave.cs.toronto.edu/kriz/'];

export const CIFAR10: Dataset = {
  name: 'CIFAR-10',
  key: 'cifar10',
  folders: ['', 'cifar-10-batches-bin', 'cifar10', 'cifar10/cifar-10-batches-bin'],
  mirrors: CIFAR_MIRRORS,
  archive: { file: 'cifar-10-binary.tar.gz', md5: 'c32a1d4ab5d03f1284b67883e8d87530' },
  train: [1, 2, 3, 4, 5].map(batch => ({ file: `data_batch_${batch}.bin` })),
  test: [{ file: 'test_batch.bin' }],
};

export const CIFAR100: Dataset = {
  name: 'CIFAR-100',
  key: 'cifar100',
  folders: ['', 'cifar-100-binary', 'cifar100', 'cifar100/cifar-100-binary'],
  mirrors: CIFAR_MIRRORS,
  archive: { file: 'cifar-100-binary.tar.gz', md5: '03b5dce01913d631647c71ecec9e9cb8' },
  train: [{ file: 'train.bin' }],
  test: [{ file: 'test.bin' }],
};
