/** As Keras's `flow_from_directory` and `flow_from_dataframe` know them. */
export const PICTURE_SUFFIXES = /\.(png|jpe?g|bmp|ppm|tiff?)$/i;

/** The same for messages. */
export const PICTURE_SUFFIX_NAMES = 'png, jpg, jpeg, bmp, ppm, tif, tiff';
