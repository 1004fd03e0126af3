export type { HostArray, HostData } from './array/hostArray.js';
export { applyBatch } from './augment/applyBatch.js';
export { applyParameters } from './augment/applyParameters.js';
export {
  type Augmentation,
  type AugmentationOptions,
  augmentation,
  type FillMode,
  type ShiftRange,
} from './augment/augmentation.js';
export type { AugmentParameters } from './augment/augmentParameters.js';
export { chainTransforms } from './augment/chainTransforms.js';
export { type ColorJitterOptions, colorJitter, type JitterRange } from './augment/colorJitter.js';
export { type CutoutOptions, cutout } from './augment/cutout.js';
export type { ExampleTransform } from './augment/exampleTransform.js';
export { fitStatistics, type ImageStatistics } from './augment/fitStatistics.js';
export type { DataFormat } from './augment/imageShape.js';
export { imageTransform } from './augment/imageTransform.js';
export { type RandAugmentOptions, randAugment } from './augment/randAugment.js';
export type { RandAugmentOperationName } from './augment/randAugmentOperations.js';
export { type RandomCropOptions, randomCrop } from './augment/randomCrop.js';
export { sampleParameters } from './augment/sampleParameters.js';
export { type Standardization, type StandardizationOptions, standardization } from './augment/standardization.js';
export { standardize } from './augment/standardize.js';
export { type FolderStoreOptions, folderStore } from './checkpoint/folderStore.js';
export type { FoundSnapshot, RunState, Snapshot, SnapshotStore, SnapshotWriter } from './checkpoint/snapshot.js';
export type { Auxiliary } from './data/auxiliary.js';
export type { Batch, BatchInfo, Cursor, RowBatch, StoredInputs, ValueBatch } from './data/batch.js';
export { cifar10 } from './data/cifar10.js';
export { type Cifar100Options, cifar100 } from './data/cifar100.js';
export type { ClassMode } from './data/classMode.js';
export type { DatasetOptions } from './data/datasetOptions.js';
export type { Split } from './data/datasets.js';
export { fashionMnist } from './data/fashionMnist.js';
export { type ArraysOptions, fromArrays, type TargetsLike } from './data/fromArrays.js';
export { fromStream, type Items, type StreamOptions } from './data/fromStream.js';
export type { DecodeOptions } from './data/imageDecoder.js';
export { type ImageFolderOptions, type ImageFolderSource, imageFolder } from './data/imageFolder.js';
export { type ImageListOptions, type ImageListSource, imageList } from './data/imageList.js';
export { inputPieces } from './data/inputPieces.js';
export type { LabelledFile } from './data/listImageFolder.js';
export { meanImage } from './data/meanImage.js';
export { mnist } from './data/mnist.js';
export type { CorruptOptions } from './data/readableFiles.js';
export { type Rows, readRows } from './data/readRows.js';
export type { Sample } from './data/sample.js';
export type {
  ArraySource,
  AuxiliaryShapes,
  Example,
  IndexedSource,
  Scaling,
  Source,
  SourceInfo,
  StreamSource,
} from './data/source.js';
export { type SplitFirstOptions, splitFirst } from './data/splitFirst.js';
export { type SourceSplit, type SplitSourceOptions, splitSource } from './data/splitSource.js';
export type { SubsetOptions } from './data/subsetOf.js';
export { takeRows } from './data/takeRows.js';
export { BackendMissingError } from './error/backendMissingError.js';
export { BufferOverflowError } from './error/bufferOverflowError.js';
export { ChecksumError } from './error/checksumError.js';
export { DataExhaustedError } from './error/dataExhaustedError.js';
export { DownloadError } from './error/downloadError.js';
export { FileAccessError } from './error/fileAccessError.js';
export { FileFormatError } from './error/fileFormatError.js';
export { GradstreamError } from './error/gradstreamError.js';
export { InvalidArgumentError } from './error/invalidArgumentError.js';
export { NewerFormatError } from './error/newerFormatError.js';
export { NonFiniteLossError } from './error/nonFiniteLossError.js';
export { ResumeMismatchError } from './error/resumeMismatchError.js';
export { RunFolderInUseError } from './error/runFolderInUseError.js';
export { TensorflowMissingError } from './error/tensorflowMissingError.js';
export { UnknownNameError } from './error/unknownNameError.js';
export { UnsupportedModelError } from './error/unsupportedModelError.js';
export { WasmUnsupportedError } from './error/wasmUnsupportedError.js';
export type {
  Directive,
  Remember,
  Restore,
  SaveCheckpoint,
  SaveFile,
  SaveSnapshot,
  ScaleLearningRate,
  SetLearningRate,
  Stop,
  UseAverages,
} from './event/directive.js';
export type {
  CheckpointEvent,
  DirectiveEvent,
  EpochEnd,
  EpochStart,
  Logs,
  ResumePoint,
  RunEnd,
  RunStart,
  StepEvent,
  TrainEnd,
  TrainEvent,
  ValidationEvent,
  WarningEvent,
} from './event/trainEvent.js';
export type { DownloadProgress } from './file/download.js';
export {
  readSafetensors,
  type SafetensorsArray,
  type SafetensorsData,
  type SafetensorsDtype,
  type SafetensorsFile,
  writeSafetensors,
} from './file/safetensors.js';
export type { StoredArray, StoredData } from './file/storedArray.js';
export { type Ascender, type AscenderOptions, type AscentResult, createAscender } from './filters/ascender.js';
export { type Deprocessed, deprocessImage } from './filters/deprocessImage.js';
export type { AscentEvent, FilterEnd, FilterEvent } from './filters/filterEvent.js';
export { type NetworkPart, networkPart } from './filters/networkPart.js';
export {
  blend,
  classLogit,
  deepDream,
  filterActivation,
  layerActivation,
  type Objective,
  penalized,
  transformed,
} from './filters/objective.js';
export type { Picture } from './filters/picture.js';
export type { Pictures } from './filters/pictures.js';
export { processImage } from './filters/processImage.js';
export { blur, meanSquare, totalVariation } from './filters/regularizers.js';
export { resizeBicubic } from './filters/resizeBicubic.js';
export { type ScaleOptions, type ScaleSizes, scaleSizes } from './filters/scaleSizes.js';
export { smallestSize } from './filters/smallestSize.js';
export { startNoise } from './filters/startNoise.js';
export { type Stitched, type StitchOptions, stitch } from './filters/stitch.js';
export type { UpscaleMethod } from './filters/upscalePictures.js';
export { type Compiled, type CompileOptions, compile } from './graph/compile.js';
export { NotTraceableError } from './graph/notTraceableError.js';
export type { OperationTime } from './graph/stepStats.js';
export type { TensorSpec } from './graph/tensorSpec.js';
export { ActivityRegularization, type ActivityRegularizationArgs } from './layer/activityRegularization.js';
export {
  AdaptiveAveragePooling1D,
  AdaptiveAveragePooling2D,
  AdaptiveAveragePooling3D,
  AdaptiveMaxPooling1D,
  AdaptiveMaxPooling2D,
  AdaptiveMaxPooling3D,
  type AdaptivePoolingArgs,
} from './layer/adaptivePooling.js';
export { type Applied, type AppliedOutput, type ApplyOptions, applyModel, type Seed } from './layer/applyModel.js';
export { AdditiveAttention, type AdditiveAttentionArgs, Attention, type AttentionArgs } from './layer/attention.js';
export { BilinearUpSampling2D } from './layer/bilinearUpSampling2d.js';
export { CausalConv1D } from './layer/causalConv1d.js';
export { Conv1DTranspose, type Conv1DTransposeArgs } from './layer/conv1dTranspose.js';
export { Cropping1D, type Cropping1DArgs, Cropping3D, type Cropping3DArgs } from './layer/cropping.js';
export { DepthwiseConv1D, type DepthwiseConv1DArgs } from './layer/depthwiseConv1d.js';
export { DilatedDepthwiseConv2D } from './layer/dilatedDepthwiseConv2d.js';
export { EinsumDense, type EinsumDenseArgs } from './layer/einsumDense.js';
export { ELU, type ELUArgs } from './layer/elu.js';
export {
  GlobalAveragePooling1D,
  GlobalAveragePooling2D,
  GlobalAveragePooling3D,
  GlobalMaxPooling1D,
  GlobalMaxPooling2D,
  GlobalMaxPooling3D,
  type GlobalPoolingArgs,
} from './layer/globalPooling.js';
export { GroupedConv1D, type GroupedConv1DArgs } from './layer/groupedConv1d.js';
export { GroupedConv2D, type GroupedConv2DArgs } from './layer/groupedConv2d.js';
export { GroupedQueryAttention, type GroupedQueryAttentionArgs } from './layer/groupedQueryAttention.js';
export { GroupNormalization, type GroupNormalizationArgs } from './layer/groupNormalization.js';
export { Identity } from './layer/identity.js';
export { lookUp } from './layer/lookUp.js';
export { MultiHeadAttention, type MultiHeadAttentionArgs } from './layer/multiHeadAttention.js';
export { Normalization, type NormalizationArgs } from './layer/normalization.js';
export { registerLayers } from './layer/registerLayers.js';
export { ReLU, type ReLUArgs } from './layer/reLU.js';
export { ResetAfterGRU, ResetAfterGRUCell } from './layer/resetAfterGru.js';
export { RMSNormalization, type RMSNormalizationArgs } from './layer/rmsNormalization.js';
export { RmsScalingNormalization } from './layer/rmsScalingNormalization.js';
export { seedsOf } from './layer/seed.js';
export { SeparableConv1D, type SeparableConv1DArgs } from './layer/separableConv1d.js';
export { softmaxCrossEntropy } from './layer/softmaxCrossEntropy.js';
export { SpatialDropout2D, SpatialDropout3D } from './layer/spatialDropout.js';
export { keepMask, statelessNormal, statelessUniform } from './layer/statelessRandom.js';
export { Subtract } from './layer/subtract.js';
export { UnitNormalization, type UnitNormalizationArgs } from './layer/unitNormalization.js';
export { UpSampling1D, type UpSampling1DArgs, UpSampling3D, type UpSampling3DArgs } from './layer/upSampling.js';
export { ZeroPadding1D, type ZeroPadding1DArgs, ZeroPadding3D, type ZeroPadding3DArgs } from './layer/zeroPadding.js';
export { type CustomLearnerOptions, createCustomLearner } from './learner/createCustomLearner.js';
export { createLearner, type LearnerOptions } from './learner/createLearner.js';
export type { CustomSteps, StepLogs } from './learner/customProgram.js';
export { fingerprint } from './learner/fingerprint.js';
export type { ByOutput, HeadOptions } from './learner/headsOf.js';
export { LabelMismatchError } from './learner/labels.js';
export type {
  Learner,
  LearnerMetric,
  LearnerState,
  LearnerWarning,
  ModelOutput,
  NamedArray,
  StepOptions,
  StepResult,
  TrainingStep,
} from './learner/learner.js';
export { ModelInUseError } from './learner/ownModel.js';
export type { PredictedTensors } from './learner/predictedOutputs.js';
export type { Examples, Fed } from './learner/program.js';
export { LearnerDisposedError } from './learner/programLearner.js';
export type { StepProfile } from './learner/stepProfile.js';
export { createUpdater, type Updater } from './learner/updater.js';
export {
  type AuxiliaryTensors,
  type ValueAndGradients,
  type ValueWithAux,
  valueAndGradients,
} from './learner/valueAndGradients.js';
export type { CircleOptions } from './loss/circleLoss.js';
export type { Loss } from './loss/loss.js';
export { lossByName } from './loss/lossByName.js';
export type { LossName } from './loss/lossFamilies.js';
export { lossFromConfig } from './loss/lossFromConfig.js';
export type { LossOptions, Reduction } from './loss/lossOptions.js';
export type { LossFunction, LossLike } from './loss/resolveLoss.js';
export { savedLoss } from './loss/savedLoss.js';
export {
  type BinaryAccuracyOptions,
  binaryAccuracy,
  categoricalAccuracy,
  exactAccuracy,
  type TopKCategoricalAccuracyOptions,
  topKCategoricalAccuracy,
} from './metrics/accuracy.js';
export { type AucOptions, auc } from './metrics/auc.js';
export { type ConfusionOptions, precision, recall } from './metrics/confusionCounts.js';
export { type ConfusionMatrix, type ConfusionMatrixOptions, confusionMatrix } from './metrics/confusionMatrix.js';
export {
  type ConstrainedScoreOptions,
  precisionAtRecall,
  recallAtPrecision,
  sensitivityAtSpecificity,
  specificityAtSensitivity,
} from './metrics/constrainedScores.js';
export { type CorrelationOptions, concordanceCorrelation, pearsonCorrelation } from './metrics/correlation.js';
export { type Direction, directionOf } from './metrics/direction.js';
export { type F1ScoreOptions, type FBetaScoreOptions, f1Score, fBetaScore } from './metrics/fBetaScore.js';
export {
  type BinaryIoUOptions,
  binaryIoU,
  type IoUOptions,
  iou,
  type MeanIoUOptions,
  meanIoU,
  oneHotIoU,
  oneHotMeanIoU,
} from './metrics/intersectionOverUnion.js';
export { type MetricFunction, meanMetric } from './metrics/meanMetric.js';
export type { Metric } from './metrics/metric.js';
export { type MetricContext, type MetricName, type MetricOptions, metricByName } from './metrics/metricByName.js';
export { type R2ScoreOptions, r2Score } from './metrics/r2Score.js';
export type { MetricLike } from './metrics/resolveMetrics.js';
export { type Cifar10CnnOptions, cifar10Cnn } from './model/cifar10Cnn.js';
export { initializeWeights } from './model/initializeWeights.js';
export { type MnistMlpOptions, mnistMlp } from './model/mnistMlp.js';
export { plotModel } from './model/plotModel.js';
export { type ResnetOptions, resnet } from './model/resnet.js';
export { summary } from './model/summary.js';
export { type VggOptions, vgg16, vgg19 } from './model/vgg.js';
export type { VggWeightsOptions } from './model/vggWeights.js';
export { vggWeights } from './model/vggWeights.js';
export type { DtypePolicy } from './native/dtypePolicy.js';
export type { LocateOptions } from './native/install/locateTensorflow.js';
export { LibraryLoadError } from './native/library.js';
export type { SessionConfig } from './native/sessionConfig.js';
export { TensorflowError } from './native/status.js';
export { type UseNativeOptions, useNative } from './native/useNative.js';
export { type AdadeltaOptions, adadelta } from './optimizer/adadelta.js';
export { type AdagradOptions, adagrad } from './optimizer/adagrad.js';
export { type AdamOptions, adam, adamw } from './optimizer/adam.js';
export { type AdamaxOptions, adamax } from './optimizer/adamax.js';
export { clipByGlobalNorm, clipByNorm, clipByValue } from './optimizer/clip.js';
export { ema } from './optimizer/ema.js';
export type { FusedKernel, KernelInput } from './optimizer/fusedKernel.js';
export { denseGradient, type Gradient, type IndexedSlices, mapParts, sumOfParts } from './optimizer/gradient.js';
export { gradientAccumulation } from './optimizer/gradientAccumulation.js';
export {
  type GradientTransformation,
  type SlotSpec,
  type UpdateInput,
  type UpdateOutput,
  type Wrapper,
  wrap,
} from './optimizer/gradientTransformation.js';
export { type LionOptions, lion } from './optimizer/lion.js';
export { type NadamOptions, nadam } from './optimizer/nadam.js';
export type { Optimizer, OptimizerOptions } from './optimizer/optimizer.js';
export { type OptimizerName, optimizerByName } from './optimizer/optimizerByName.js';
export { optimizerFromConfig } from './optimizer/optimizerFromConfig.js';
export { type RmspropOptions, rmsprop } from './optimizer/rmsprop.js';
export { type SgdOptions, sgd } from './optimizer/sgd.js';
export { weightDecay } from './optimizer/weightDecay.js';
export type { Interpolation } from './picture/axisTaps.js';
export { type CheckpointOptions, checkpoint } from './policy/checkpoint.js';
export { type EarlyStoppingOptions, earlyStopping } from './policy/earlyStopping.js';
export { type LambdaHooks, type LambdaOptions, lambda } from './policy/lambda.js';
export { type LearningRateScheduleOptions, learningRateSchedule } from './policy/learningRateSchedule.js';
export type { MonitorOptions } from './policy/monitor.js';
export type { Policy } from './policy/policy.js';
export { type PlateauOptions, reduceLearningRateOnPlateau } from './policy/reduceLearningRateOnPlateau.js';
export { type SwapEmaOptions, swapEma } from './policy/swapEma.js';
export { type TerminateOnNonFiniteOptions, terminateOnNonFinite } from './policy/terminateOnNonFinite.js';
export { type TimeLimitOptions, timeLimit } from './policy/timeLimit.js';
export { beta } from './random/beta.js';
export { integer } from './random/integer.js';
export { normal } from './random/normal.js';
export { permutation } from './random/permutation.js';
export { foldIn, type RandomKey, randomKey } from './random/randomKey.js';
export { uniform } from './random/uniform.js';
export { type FileInspection, type InspectedLayer, inspectFile } from './saving/inspectFile.js';
export type { KerasConfig } from './saving/keras/kerasConfig.js';
export { optimizerConfigOf } from './saving/keras/optimizerConfigOf.js';
export type { OptimizerSlot, OptimizerState } from './saving/keras/optimizerState.js';
export type { MetricConfigs, OptimizerConfig, TrainingConfig } from './saving/keras/trainingConfig.js';
export type { CompiledWith } from './saving/keras/trainingOf.js';
export { learnerStateOf } from './saving/learnerStateOf.js';
export { loadArchitecture } from './saving/loadArchitecture.js';
export { type LoadedModel, type LoadedWeights, loadModel, loadWeights } from './saving/loadModel.js';
export { loadWeightsByName } from './saving/loadWeightsByName.js';
export type { ModelFormat } from './saving/modelFormat.js';
export { savedLosses } from './saving/savedLosses.js';
export { savedMetrics } from './saving/savedMetrics.js';
export { type SaveModelOptions, saveModel } from './saving/saveModel.js';
export { constant } from './schedule/constant.js';
export { type CosineDecayOptions, cosineDecay } from './schedule/cosineDecay.js';
export { type CosineDecayRestartsOptions, cosineDecayRestarts } from './schedule/cosineDecayRestarts.js';
export { type ExponentialDecayOptions, exponentialDecay } from './schedule/exponentialDecay.js';
export { type InverseTimeDecayOptions, inverseTimeDecay } from './schedule/inverseTimeDecay.js';
export { join } from './schedule/join.js';
export { type LegacyDecayOptions, legacyDecay } from './schedule/legacyDecay.js';
export { type LinearWarmupOptions, linearWarmup } from './schedule/linearWarmup.js';
export { type OneCycleOptions, oneCycle } from './schedule/oneCycle.js';
export { type PiecewiseConstantOptions, piecewiseConstant } from './schedule/piecewiseConstant.js';
export { type PolynomialDecayOptions, polynomialDecay } from './schedule/polynomialDecay.js';
export { resnetSchedule } from './schedule/resnetSchedule.js';
export { type Schedule, type ScheduleConfig, schedule } from './schedule/schedule.js';
export { simulate } from './schedule/simulate.js';
export { type RatePoint, type SuggestOptions, suggestLearningRate } from './schedule/suggestLearningRate.js';
export type { Json } from './text/json.js';
export type { Spelling } from './text/spelling.js';
export { useWasm } from './wasm/useWasm.js';
