// What browsers have and the TypeScript of Debian 12 does not know yet.

interface Element {
  checkVisibility(): boolean;
}

interface Navigator {
  readonly userActivation?: { readonly hasBeenActive: boolean };
}

declare class BarcodeDetector {
  detect(source: CanvasImageSource): Promise<{ rawValue: string }[]>;
}
