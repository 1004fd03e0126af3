import { workerData } from 'node:worker_threads';
import { helpAugment, type SharedPictures } from './sharedPictures.js';

// A thread of AugmentCrew: it works as soon as it is there, and ends with the crew's last turn.
helpAugment(workerData as SharedPictures);
