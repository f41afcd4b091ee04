"""Pickles as pandas, scikit-learn and joblib write them, of six images of 2 x 2: zlib, base 85.

Written in environments of their own (``uv run --no-project --with pandas --with scikit-learn
--with joblib``; pandas 3.1.1, 2.3.3, 1.5.3, joblib 1.6.0 and 1.1.1, scikit-learn 1.9.1, NumPy 2.4.6
to 1.23.5) from::

    X = (np.arange(24).reshape(6, 4) * 10).astype("u1"); y = np.arange(6) % 3
    words = np.array(["cat", "dog", "eel"])[y]
    frame = pd.DataFrame(X, columns=[f"pixel{i}" for i in range(4)])
    numbers, words, categories: frame with y before it as "label", protocol 5; words behind it as
        "class", protocol 4; pd.Categorical(words), protocol 2
    numbers as categories: pd.Categorical(y + 3)
    no names: pd.DataFrame(np.c_[[7, 7, 3, 7, 3, 3], X])
    images in a column: pd.DataFrame({"image": list(X.reshape(6, 2, 2)), "label": y})
    Bunch: Bunch(data=X, target=y, images=X.reshape(6, 2, 2), target_names=["cat", "dog", "eel"]...)
    Bunch of frames: as fetch_openml returns it, with frame, data and target
    joblib: joblib.dump((X, y), f); compressed: joblib.dump({"X": X, "y": y}, f, compress=3)
"""

from __future__ import annotations

import base64
import zlib

_WRITTEN = {
    "numbers, pandas 3": """
c-n<iJ#5oJ6t>eO&;%#~6pDn(8kVRn3=EYJZB#@p3@RI<I-TuHY{foX=d+qfRQyN{t#liY%*@Qp%q%R-%<ODz@a__;iG;)r=
XbvQ-hJ=;-o37U__k!3q3Rjs0nI@zcd4Yif+h^!!|gY41Z`C%Nne0ko1W?TsbHOmOC~st^G-rJ?K6Sc3)^w(4<1j~2v@Bcg2
a)RpFu#akb-BCKZqIeG)5o3%8Mi$b%;riF%yvws!4hxO}wJlGb!7XRckidPlq4BHa4HX{q+6XR-iurSli{3FF!%mOd|XSa+K
*ZRHfK})020w4{c{j*)PF$-Mv3J%;Z=SJg4f^$Dr&Tka$d;_lhW%5l61IJdS*w#<886W9uwVMbBX~ywskoTZ_Y<eJlU@58)M
6iSEtw+WHqSTk{HUXjb8xW8r#^!Wa(FpVdWU0yboM$D=s|)gYW5l1KU<RuEdMR>sEI0L@0_7i^+J&=J;slaOpQJTuDeKF~Yc
)E}@wt9o$;D*?@CQbfFOPT~IEt@^L3YlO1Oy>979JsZg|<?!&;@2MPPt$J&|1(E^{FuAd_h+uxob14d6>OwB7b9ndcCdWF49
ovJckm%B}5%<ZQxM6Ei+WRQ&sn)I*Q;)@(P&8!mdKqk#!DboU0fv|{c&f_v>u?KAIlPO-HTEg*vpHeI7cRDqq(UM$Rn29Zfm
7E3!@xF3W-6`{R0Ln0Hlk-<omwUdlhinKfZa!>#J6>XG)OO|eG^`%ahx9JBq%cMO)42NRpfAz7hdNt$<lTJ
""",
    "words, pandas 3": """
c-n<iO=uHA6i%A#YE!jHMRO<>Jf$E@(_TabX&Wkb=_>Umlwo#vnq4xPU3O<_0v3P3*uvcU^ei4dd-m+vvuE$#yy=@smLzy^4
v#l8?|bik@8?zh{ij;R9A&3egfs`W*rAf{Wwg)W0@h!{DYR6b^t&0TwXuy8BpGvJAz3CU&z(LMw97KYUfJPE&^s945w31d5Q
N8mK81i<CWT1jpvM{UHO3f=qMr^OV%+x&E@PTybck+A#)3rTGAjb9EiGdS>JmCPCKupV-okFxhj(xYEw}2{U3&!4va&)sOf?
m?P_*IvZ2VtS)feD--u@pvMz|FT{`qdR(t0}h_^q+|{LSa@Hy(uQ%a64^@!{)Fz;AWgFJeqfAOS1qallMqj8)Zc-32Y9CABi
g+GL1`RYKC?V9ML;Z0nyL8uVDG6TCWsm4KyZGK)obd%|%4w*9N_nGluouTzq<)1izK0gqn(9yfHP?XE@FbzP#BvMM%Snrh+6
y=f())%iL+)O9$*rq=>0LDj;fi;^)8|GqG^9f2R+!4g=rMHqqh(43!_kPTSw_%vsr8bq)Y@>suN`bfwsbu(`v&LBkV(cKx+8
&Uf|>@2+8H@VwsJYakSCQ7?hHcMp-I~Z`9=OqVK7kcEq!ni)bj2eejblFT=k?&#KCCwx@UDb1$q~O|GVW?CMl4*haf_=eN(l
n0EDyc=%XObFTM;Mz*i3@Xz>5yYiyGFf5IZsY<5*8`W7L|-}>NDJyv%K(~zkV!rnE
""",
    "categories, pandas 3": """
c-n1LOLyBu7?qRQCBqvE1qv-t9x4yFPI<IYC`m&~BkGnZ4^aqWBuzXbvZSjS5gY15;hfmXIjmT)V!?_9Yt}5BU&M|bj7D}1J
=M{X=9~HE)BWzfqZ@NU#*&apvdR=&%UPEbSjWFdZGbu3U9c?6>vnR?Ptuw}n)7CqD4r)Qmd!3pScm75ti)-sb*YL77N+T59Q
ksVPrM?@qF^iLo?mVts0T^W&H7Ex6z&$WidderKJjuMq={5{5h#L2l}2<?vx)<bwSzkXy)EQ{Bs?hx1dDD>L-s-3hJMFPMM(
>H4sjR7-6PyXaj)&voCT*b#C?;Jq3UOP=l$-S-chvhz~1f%4^kYooq1F3Iv#4b+w1@6%RC%Q;bDJIEV{?^s%2m4jep(WB}>=
FKa79h|LNe_aQx%=kNsbctR>^0$A9kshC@O_c!c6ng~$BB^ZX*xeI}kqWE=(h<A)tfgQ|`2IK>mr+z3Y~j*9yKSu~w%3cak~
oAKCQT`uQWSg^%If+weXo@a`8(mV=SOz_nD(Z*j3?Gc`)ICh(i)rx~>wD8Xk@SN=u-B>VL=MvA~B7ewxTsD0sIq?#{?OiNq2
<&O;Nql^O7b+8l+Ff{2OwmnyxvKIg=`2^0zBC2-GDUM*smhq(J7HAK`bwk;PG0!#Z_8Xmv?!KDLl{$>5?bk3C|)g<p5MW1qL
TLVX}n%adz#{mmR8&%>N$ls{JjmlX}j}P^EhipVcNl4X2f}nx4FVOe~5Q{(^sMo43^u)5Gxet-2-|m%|o8^5UYEIKgINJiD`
}ELW!xdgZCzwq82WenARzr+hEd0d*2wXY}=~M=^K|yFSRKyD_qeyKJdk1ZJl~)9!hbwG|z_=9}V&G20pQcEwl)(Ej0JyCc&R
lToWh6e;NFY;`1rmjS}q_6kdt8zJo8t8BGkcEB2!vk59s%1uX=#U<u(YI0f$3OEP07B{ns69SvFd!Y~$5d?jvLhO(r?C%)Ml
Ahvaq*(?>y6}paP2$w3&kT{J=z%!&yO&7~3z=y~wWcAn5j)8I)C*IpE|7<8s>~*<f#*klcVB36yDV0m~2Iw2`-e$}?65kB)t
$V0kj^lJ&dSQ|2<El@E7c-y764!TS;Wz&UDbK*u
""",
    "numbers as categories, pandas 3": """
c-nPSO=#3W6wYpwt=+0sD%wM-;AwkVY(=b4kp5V)!By%_D8nR~ZbD}#VKSk+VDSfBTbNs)o;`c^?Afzt&)&Ux(>IeW-BJx9d
CB|z-uKOG_rsR!*h@DuDk7SLp4y~}Zb{l>Z~}{O;1F8cCB3c$y->!q!&I_%A{3K?^1R)nf_9n2+>7fx4fmgv-<YniR~dvSL4
KM7dWIAtOTvB5NMLeouqb-jpiOM~UcpsDrKAHaOC$?Zkt<n*%0zlL67(b%w;?CsJMUnl7QlPhftFwMUB5Aect(4X8e|5Ft`|
#id{p`;bnPW{I-Tu5c-e>VC<u->=A72E{-<xv<ri;1f4{aG=`TMPw#3J;KLOqPLQo_)mOubr&XbVY#@MT7%KCNljHmVN8Ps+
{%$O%68}v_ccQ)6IXPt)oEW$#uqo+5hV%=0GA?5gI`)1>p+p$F*ePztISz)T^X@-@HVVk+LBt@*x@^(OT2D(WEJ0OqEzp|e<
vMtFG5)bj^_^R1uJUiOt1b)ovda^RUz14qjZ=zI_Q>n`Fs<+*qD~zZ*#Sn|=$y7#6BJkrPIN!5T^&Dd?p8r?JhEuEKZR!sph
;Jbm-Z&dW*o9VnH@=4m<NNWVzErJe#LDz@B@@wIt7LR$<&|%=Z9F3b6{i9oz4~3kGDyx3@0G(pUHSj;56tj58J0}?jNgXJSQ
;72BjXNAE#x%MfmIkEmK#J+j&ANy(Pd*Sq8Fv9s8lFS?dB@Yz;76Xp;5D$%o5-dgoVf5u)b%HyPhIFrl^&{F1Dpg;h{dnNyr
|jU2EQ;oTmpliHZ#MkFq121`JR1QC<Y?zcDVcc>
""",
    "no names, pandas 3": """
c-nQ6zi-qq6vva^<w{RTT@WyJK7<I+iJ=p%Dzy<2>WG9aCvh)P9VfCKwKr4(q?T6l)(0~)Gcz+YGcz;)0X+NO2{GWopJ)61u
%Ewg#vewbC=560xvIDUx3R}9-`Bhqa03tC!a2;`n6+~aZfoh2mYo)9qpZ-1OOv)-@ww0#d;7WU%99t%HHN#p6v1Run7<+5Hr
b&1raX~?6+R|7tD)@|DGTY_LE46E%@>%KX;F5{SUr^1dnUmX+&U%?E;o=x7qA-_@E(p}mc?0;O)jC{bV+3wy?=^ZYo5XN)$)
Ag;vLBI{O~u9FlCX2;(GVj`m!I<ilhImS6q!5@g?z$_=)(9I3;cqUlHFCKNG(b?+|y0710sD5PuN2i2FoE{7C#t{7D3Sw!2j
f4Yph1$0SBJr3ekh9>%_1*_xj(;591Y{=X8a#F;Q@!HobnWlEf~1HXsib>yZ;T+PL5Bj`wZS>;&7a&57M8ynm8kR{#_XvD)M
)~X-YkI=t<oYzmXsD7GF>TNm_enLUwucB5f)ar52s@q_#u-tFpMP0(JMMa*2o3LZa=fS+krR+`(tA-vQ$*o|L7XsyYWriaC1
3CiY%>
""",
    "frame and series, pandas 3": """
c-noGJ#5r46vuN%&a~yDf+FZp6^ZE(Qq*f1I#fdaP!SD;s>cH8WI2g@j+)Cwu|w}9Dn3L@E4<Y(Gcz+YGcz-@v$4UmlWTibg
{AX7`@LsB|NM7e+aKTAmT3~DBnb&ua&(0VvYL?&Rfp>K8?~eA(#D;3rsQ-H;{@G|I#D8MmXMe`9g>hX%^>&UQrr!;9u;Fqm)
FY-97jGsPEm3k=Sdm`TQSAH&N0DB-bwooHp_SNSVSbtNFSEP84bD#7g-(%9a%GxN}h+sO~|2gtzETT@zr~^q3UkMwOzEQ*to
2PqMz!c$ZFnD2m6KpoUFW5p69Log=RX}63RbVp0w)gz0cprW}m(N^5fb<D8K%kUQIrI`=!7wNBlg3vJyBzjmJ?y&Bm}-MK9}
Cb-$}xKx}dtRY-f3J3ir5$uXSJZTvvbK{~T!ZD1SJA>dbXVhEf$By2i`aoX=4qw`i4wP%S0TQt;Xyi}$Q5-v1F7A5V)64KgD
^xO7ym9TB;TN&^{X<x8zqVB)?Q)psO$6aPuG+H)s1QrI9vif-b7$%z<MtM)8)D%z}^=Le!N~19_W(UTcq7b_WXzfHR&dbfFc
c8qn4U)9!2{i1X2h;`01TdF27u{63NE;N4ipiw91G&PPK*<{ArctsS#T_b$VcUYsBSL^)cc2Ws8I!g#Z;&|dZgU*wDO@cP6v
xD;Al7}J`%n;S(k!C<=vA;9L-J}95XSVB?jfMw(#KdY>Si0R#hNZ+Ps%z;>kP7}AREn}l<C5mGM%x?Rw@6h)^IyLujNbrUy`
OV<23F%jY5b7B&%2?k$IpTxan#1g2cIYq;dp43K)DaxCO5O6|W#CIfu>IQ;B#1j6K)LvAJNvT04qi_>q0iKFFG3ta8wR^AE|
zzt#
""",
    "images in a column, pandas 3": """
c-n<iJ#5oJ6n2agXbM!Q2r5yP2`MZVWn!p=+D1jh!k{8CAXTTceT}WyXUlh16N!i)iO@>7^})={%*@Qp%*@Wl2JbG3+E7r=^
7+~Keb4Xbd#{}L&m7Av)hH;Br~tLlrjqWIG-GfKw_n2$TFN0=w*<8|#<*c#GB@Fpm7J!+%_yf`RwDP}R+@*sN8@*-t7{VmNs
~aFP(Uq_iWf=POBo3?$AEd26$6(T_gR(7gq9^8pj%S1Fy}&+RVX#GZjhkPqjLi}2G4p6+qD4R!7jAC8eWYN#7n9k$w8r0QTF
3|aCA66Kc{Lh!1w*mZ(L^c?n?-c_MjDCj<0BE@$%G_?b+yRMcLK*iGz4`mTqbKwqrG~t^u0=^KuI@t-BjL^Ds}IM|>Wp|3-b
7hxz#F^Ot#;uiw7^&=`idx)4+eR-R*z>LN`-W@@Vos)?Sh_jvKFyK%j-NXbl<H{f4ox?@dNZSu6O+4c8#lS0QteJYL-V87JL
tSTecXTlArV4#|Wvjg%_f5S9lOVy{gQFVk$2emw-QKKhJewC17&_7YB-`><GTQuykNXzNcgf=BCK9yy{yPFd|c5XI)I=-ovH
9c!jrPwG2GR`?Xc=>Cb-$>)mwg_KtXichmlHo{UOHvxJ6m+LX*er+ZG4(4$5Aa9LUCO)cRFd(~$39A0O6;O?gv<-@8rooJ)C
`m94QCvq!|~Te**D{_7D&b<HC5Wfe^V)O$cGp{*-vTLnAd5V<_CgARe@rmk`WW3fJ0FQ?jKddp<D
""",
    "Bunch": """
c-n<hze~eF6i(Bol~M<xh#)w}CA4*M=w#KwK#;l#a$J&Y6PjOK?yv<5Drha-)~B<xv$M0av$Ow(Uei{p2!6x+aqoM4ckkV0;
a*pj45FI$0)lB|aOMZ8fovW*9tdqO^Ap&<0$mhb%rJ=ch=<9*Ku%1F5%Pffm{L3dQ9+bAag;L39VVNEmN7w;B6miafT`R-D`
&$9+Mt^`vuGA>!CMiU%LWOVHmST0<GWcsFLD=PS=P~~L}pBdfjw?*DCO#w-e?{kpSn^1T0A^HJ-@uZy?=l#iz36cOBi@1uRI
m>D&KN4Sre+iyDZWCQ=+EKk(+x}`HA1>nY7lSI3!?+)egaoQ-UIyr*J0cS4{jq32HD8>WiSU2zG#o%Ixk-ZFvVX5P3K5N=rx
}Nku=zU0MF)fu?GzBk-#K%}ConIBB)zj<6kb27Cx&6S*XjE5wYrs7D5f#pqmq3P0+mFoe`Lz5wW=&eQ
""",
    "Bunch of frames": """
c-n<kOKclO81`#7t=ou-MkNwZ;6!?{;?N?Hcr^*F$Wl`!2oRDx%<fJ+tE_idJ2QzbsCY;Xi8QwkoH>Kk6K5oDoH=vm&W#&<G
ixVK`m*fxjQ{udfB)}qT0i{m*W61lh@F(tGV3Urq@qJYl||fWZ`FO@H&?zjOS%<PNsaakn#EKYeRdu98zmjGO5?88A;Upw^y
NyY6XhlAB$;GoM&WlzGdf@;Y|pQzd9-t@y2D&wnpluD3B|FA(a#W-6-k8rNN8=Ga;ApGxI>)#p-N>!%aV@amXs{YGa*YANvr
8OO{3@F+^O6*LG7MdtB2-$vuT!sde92|eZv>D7t3*BOVJJ0HHQb4ys7J7nO?8A@gH995!9p!57!oJOSeZq{n1|e{JWq3TzD(
izy5XkM)u=xe;bJPnNTH2D?<UENRx=Uz=&11Zi9w>-ZOn5ws;b%n2ng|gj6u2+azOq<OBN~%(<t%=^0S-mcDobGglwty+BAY
9v!3BTfc54t2EkSu`O?YVm386w<XIY8(g2@v+<JuPpfAWM8t_~eF}|Vj3v)AbMxzeE9&f9y^H*kMU^ieVT#L(y7AE)$2js=P
NMj(MbQG_7s-gF%Vu)uP7f>7!)t~?cOR&>GE26eazU4oUVD>f12&7w?H&M^w3L8bw}i|K6ZrPPaHu;=W*=ZGY66KZska@8^;
t4xk~)_6(Kjk3sCpM^knNNX-0?Y@rum*Au`1A2Dj7*>$iUMBp+fB=@BqmoGk=Sf2@^+?!Q1?tes&93rtB2=?Qr#NJs(#E@K1
so|1|LVXOn~}q_5j%tRdhaFA+FB-KYyQvT3&_Gue(NBBX;TD~>#H_~wj*xA{9yX=xLeo33F^_%pg0=L0+$OQ-EY>MmV9mzOa
sLAFB`KJ3V^xRG=p&y8xr{93(%x2e3-Cqrc0wA|@l?R2X>L`SyTO#5zW2sG6G?C;W4S;4M8gGEIk!{t>>re95_qDmkh?`vOF
4dldffjH(-jyOERhaCw1i}s?F3SrQBuc8p2JL>j4zwn5;aJ%N^r)&>?rCJd1u#4ncfj7H0_U+nuTp!<iIHosk9N*vp|B&C}4
^B1g3Anmh;eCFG6aK|)_2}%Ez<hq2QK?Gi@DXMv3e)GSX*d$`2UL6O?{BSb+TjXw1s2W4m^l39*x70%F$i_-+EpWTQ<bUFb!
8L;&y$!HSnQy2Om^6q$eirq-wMNI4Mo`bA0uX~4*
""",
    "joblib": """
c-m`VnR=N40(ykA@{@8hll1aRa|<ft3o?_lb5f`D2>OAzjzvX@mElE+1qG=^QzlQ*Y@AX%MWctKxHKs_C$YGAN)Ibo*OVUiy
p%+cTA-pH*5ZuBg48MAY~CzwKwf@P3Q%(oqcf15Qc?+&$zX%AfU22F4X1Q=v`-0|qT$Wl!&o!L&(F{6KM;TkZ-$a7Nj+SNIX
U^|@wvH)1yeeDq#-T^+ZUghlbN2Eo0?Y=pHx|rT0F&Dpfri`KLeMDoQ9E&TR>DwUPV*Sv<0iS>^pJk&a<iRP+w;-LHv@zn!%
C5>CM(UC4)PICxbVGzlSN)0@*<}SR9lg+L0j!vWfja1VBw?V1&|445$EIylsje0F?`j9s
""",
    "joblib, compressed": """
c-jFa0owj}UTa{PdW!)9YNu%QFh)%25zfj_%E?U9%PY+-sEjYjOwP_pozf%d2jV&w6(v@N7bO-Hq!vw?JVmo{3P=}6acNR=P
GWKKlpa>Ft|>k2c`1n?wLnEZti>6L1*ucK*}PfWfV}*o6rkoFMrR;9rKA!llfeOF0aY`V8cyl#XrB@^MZ=r9hp}dgpP!%Ce;
@!8-V7yEl6trjb8_;_<8yNp3#N4RNJCr-wl6+0Co?@SH#M&$KB=-KwRnoRKxq;eNGAj^aEZui7}>Z5M5W|aH1$kduxiV`6PN
Bho9Yb>g&xMrDH$vfk7clDaAk0Nv$ami;LYI6;Li~3Val{XcAX6t*JX%zWJrLlWd_*?1&mOd2_}F;yi^YW-rSVtuy=u{
""",
    "joblib, columns first": """
c-m`VnR=N40(ykA@{@8hll1aRa|<ft3o?_lb5f`D2>OAzjzvX@mElE+1qG=^QzlQ*Y@AX%MWctKxHKs_C$YGAN)Ibo*OVUiy
p%+cTA-pH*5ZuBg48MAY~CzwKwf@P3Q%(oqZ^Q&Qc?+&$zX%AfU22F4X1Q=v`-0|qT$Wl!&o!L&(F{6KM;TkZ-$a7Nj+SNIX
U^|@wvH)1yeeDq#-T^+ZUghlbN2Eo0?Y=pHx|rT0F&Dpfri`KZ8a<#ex%DMo~?xE{WKr^lZ5!=ax5Z-?OQnP+w;-LHv@zn!%
C5>CM(UC4;+%(RoS+Zw7x4Q>F#7lWed!DMPd)LkwgWD@f=+)KmsWD9yxx3ed&drsx3xdo+s^
""",
    "frame by joblib": """
c-pm;J!lj`6vyv!A10Uh5fhV0Btb!lAgf6%ECP}b63pT%Q51wQ%<fKZ*6hwMyR+mD3`QX_f$5xBSy)(ESc#>zwY9aqg<u!o%
-(u;1S|xn7~br>H}jw0+xK?LhYyPdJw!Fa%*BZmeM^|*<roJ<zLHm-%WXL&$|$JEQcPq%h7-ob@E9jC!+v4}nBh8!A$DNF51
q|B*&4#dNGk&Qo}IKqq&SUI7J1I5Pmrx*l=IM&&;~z)r9sq0*{&3WmRiooF>XGJaTMu;Te^Ca)OLKFz=0JVCB+H2Px-0?D+$
FBk!IPf?!hXIT?iJ%MX+7ogdKV|x4^q6ot6jtFXft?GE1WPR9cp`dIUpHW`Rpv)UfY|TPO%{B=^O5rc~dDu<zAbKp01MlaoZ
6XHxsrQP(I;-D|x4Qk!}F;{Dg*IahrAHnGfJfBt^>v(U;yubp~6_n3N6;(Lw~W)|Q9MWxH^Q8VoqLtR+){Sa{hp{UttgSD14
wFT^K5?8(OWGgHW=)ccnkJaZ}yjCZxKgyQAqLA+`<#ei1lhcsNm1n;)t$WJvRF()jNQdb;v$`wkC>^8c>A2{*d$UcGPIj}r1
uW^s1A0k8+Nm6V$lpJri5f`%VL=KgvSf+@6cZ<836E2U>)amCw^`Vgi$z;zmln00QfGoYB^^(&5_PZ+e^trBT#Aw#)?p^Zm&
d;l@HGzK6mk?cy$ngJbf#%fs<XzrOU5M)k{C8l;K!~ZMz+vx^$pYk@=9*&l5?R9CA~_ob);pM-uN5;${+r7ope9_7rK>yq+5
-=2Jx@UmNA_hGr2Jf*JnkYQGVB^EXqvvB`ejBUjb&dHO%Uy0~~!|LFsTDb5JbG2@fM_R+T}(DC$U}CTMCP9r~RDy`lS^=tBY
FSd(7|6_|7AYTF<TZTPsZ%~9O}66B^4)F<Wy`Pe4V()OVj8NUIm<RA+
""",
    "words, pandas 3 with Arrow": """
c-n1~J8#rL5P*Hj-N7Xxi2y+w(jhrQSa}psAVeSvf)f@B9a6L!+iS0tJ=<EZm7GMxLm~ueJC>`dsi~={sj2x5bTGU2<#A$*n
c4Nsc<0-hH=WOS+KyeSTR;{;sa0<aBy0;9Q2j}-yw!)=Rc$gzgjUP7j~C{GdTA!9$bgsL05V9Zz}UHmJP-Gt)q4zA*O~~z)1
W*J(Q1KIS&@c&oRYxA80RZlH7JH2vFXvKA`P{gC9%i{K^4a~r8`=3n&mz}`0`_B{pGu_Kd;`4)VE*D+u7**Z>>5u5$Z?|3sZ
)gs@C+!;}3dAyZvd^dZm5efBF}f6@5qQpx^FykF;t%(h}X&#h^;LOf$S|r{rm9()1m4YMCtkDI?jey3`a1LckDx7dM5-_g_e
nX33^GJB8RI1rY0pMHNFZjvjK+YMuyMO02s1j8(D~HE%9Y;#?5mDZUJrF~>n9l$18Tes3<)#Y;K6+VwG_R}9GssL@^L{F-ib
x6!>u&oz3X(U%)-^Rtc7cprj{@`O@;VptElt9@xL)g?7>=BU{k!PfWzE;I$}$FKj?>5l4%5JE<gPZh9bq}w^m_ef)5YUzB}M
f8A{UH~Q4YKCNVpFA;V_!InXXKdT9jj)q7yIJ#RF1zKj+y7(OIbpalTAiTQouD+PG48?}6ST(rB0Zpd)yg$1*R9+LIh5rDIC
h^sV4LU2uq}f`wKFq^er1n*EO2HAvV@+glEpqYs01OgJyjdqsKBN$21TP~BdKNGCioaQ--b$T=NnscKqXjAyV&O-B~J07d6t
+%V$JKodA?tgs48#@KvKdXpg6+EWfge;0Ox3YC;
""",
    "numbers, pandas 2": """
c-n<izi-qq6i%*}1KNro6_j?l`B+Zv!N5=niK0pn5l}~@%5oClC92~@wxeDpDgjcDR`SN<W@ct)W@ct){tbBc-HDu3i8t7vo
%de8@4e@D!RK_vb7t;TRHRh(lTxz&P||{dx$%r@df@OUc<>(1pl8~o7)dbQrh6_llY(;9FQ}j+CKZ_Vr@Ty#U(U`LZZ_u;gy
*sP7Xs!MsYR71$DEPa##rYKQ5V(eEIUFb^90Nq8OpMV>*3I4>`k}4x%FO;zx-Goy!r6;=iR;3eEZcs5Yz9!!2~W3?x{YltP0
brcj5BlBOF36TrvJzh@$AlA2hdwo`yJVhn)!+e;+iund@<#bDayM8YrG8HcjY<LFn5oVau-BT6VKH-SL*qpYN^z+(WiuTKVH
9uf3~y`Ic9<ZCPdA(8F_s!UT@6JzL9tN!ggGeoPg1bCn2oLY~_@RFDl!u)wabDfSx7y++}S8f8-{DHd>@NS2gBX;~-QhTk^V
@JH?=mcu)TeLsd7eXPy7lk}<~Dcf8Y^aKT6TE+pVG2>u5RX%2XX90E>V6XrWfnkhk3p<ZdJ+W1IWVWvoEU6e-#fNrpsLY}Wd
#I_@NZGWNE-MH-7BB?9%gOA5V~zuZFThr1@ft|MG<9V<!cm}F<D8!%J2K>S<lueEd3mBpT30wIR5RklDY#H|-2V$rfJ|=
""",
    "words, pandas 2": """
c-n1}zi$&U6vuN(E<iz46~6*P9hkyEM9b2ls1ik$;6#c#B30JAJ2!W#&v&wYY9dhykO-~htq*2qW@ct)W@i2kcy<~!Rk^|Uw
f%m4{N8)l{(P_1@Sk0(K&GJkNvU{$PeH-aUU?1%w!A*Uhwt$ad$!Grp+dVnZ=OrTl?0*t1xOfjrO{q{Cdy?0)pSqp_V%d<6M
3x9T+lAET2^_oFF1>xk2Ag{>!KP@qZhR>IVc5VipmsEN~w*i6XOg+Z;191#r7sA7&SiPW)R~i+`(QHMD3_E!EDinsTo)9CAL
|w;PKJ)zGZ{AI2a6G{-w_^QNv(-yxDE^UXQ;1Tv&bc;oGm9>#6<zdwENK`SAzo+Fp+9oUkPEhg#$b_lYT2;KD{tw`Nzf>)Dd
S$!^SG0uR%*&F!@_gzWx#fDH$*OT}&_V9>VGa!4!Z0xzC$vdtb);&49o1f6^Le3Mc>;<_J$rq(Vn$q(2IcShvdQyb2-Z*oeF
$BXnKZ60~DPL+?ic#NlFWhPc<;t3Td5umjvv~B68Xi!gFT{i69|B)$>Lx;BG{&P6l_JE3PKp85rZEI6j7<HWBBmy6kyM>06T
1<26@Mkm33U0u^XP1z`7@E#QqGWplhF;zQA<6^I(z>Efg5gX+%xN@_bRGBq0h}{IJ^
""",
    "categories, pandas 2": """
c-nPT%W~XA6xED96WqKZ5Fn5M;i2#tG7gUbfh3MG#3GZ>yhOk>EvY>c)<`<)R>iJjs(>ob*j21puwua~3)We)7=IC80Nt%I6
Q_boCEeS7AE(bf(vQus;910FC(KLHSugoOkY%p;inZXJ{0WUAnyx?ZI1U^1OUxa}NHQhLjHj|Q;2H0WQj(=K4>vB?9>M&6I7
^d2&f*EHvLXpLQo#a~K+p=aYEW#|bq7_d5?+>ki?C9Jc_vj^g^HkEM-g4q?&6T=Y~!wwg?S`GNknE0f(5^!5eFcCTfbATlB|
onN4SUL-ZAc@xZm{}-n`cy;elz%NNp85^FhC<Gpa5g+T9uBVT!}9H)pH;fJb`0-s(U4vJcNucr@6J7yJ`?*Kx0IPX5^2A&b{
0KTrPL`}OeIX!6VC=HBneR<g-&lfU+E;7F_?JVx=j!V^KrSWqSUoEc+8rb(!qAN3p!sxiis6i<20F^*9jk6Q;xv?tdLvSMp<
Mq_XJf>~eU;f9C^o<1<AI;9hGCHi@pgghk|Z?W;r>hbp9^Sv>ir8sdQ)3PF`uUnIrYr3A(5_x`z7hIoc4)z-ei5G7ZN+dRQo
q$V0SSGHsOJ;?@{r|9O#K|FEss$KnW#Z+y9owP566;C6O3^WsoZH50aXq>#XK>1lu1m3~M;G5Vv~volgWWZ}?)q~zV!UCkDD
UG<YYCC!EunBGux&H_E#U25HNra-@A`-IQeH-)6cNtuR>3}=_Y9u*Db5)@?QNW&;z_!=VDKzaT)YDwEuv*BA|q6%(bP9SFgj
VG_)y`aV2Dd&tOoH>t&En@hDY(S(Z*$p-UwILaMg|7Skv^08~?`+HE2Gi_{^YbZR7KJQ6KsX*S0B=O_83$moujef95RWtC@2
e*Zh_tD&<n*YfZ~HL2TJrqxd$y^ZZJl^#!5kIh`UK;yYL8*;-QZQh|Gp<yWe_K;X5fjwld%4P8H?5MqRNihlk7(TYRtFHDtS
|5iw>&jvzqE06Ejuwi>}rAmo(h=Dx|TTgjkA{!$2kC^Q=&96%qRfYcYv}#$(1CdG;JF*Ho{{mr`wKD
""",
    "numbers, pandas 1": """
c-n<izi-qq6i%*}1KNro6_j?l`B+Zv!N5=niK0pn5l}~@%5oClC92~@wxeDpDgjcDR`SN<W@ct)W@ct){tbBc-HDu3i8t7vo
%de8@4e@D!RK_vb7t;TRHRh(lTxz&P||{dx$%r@df@OUc<>(1pl8~o7)dbQrh6_llY(;9FQ}j+CKZ_Vr@Ty#U(U`LZZ_u;gy
*sP7Xs!MsYR71$DEPa##rYKQ5V(eEIUFb^90Nq8OpMV>*3I4>`k}4x%FO;zx-Goy!r6;=iR;3eEZcs5Yz9!!2~W3?x{YltP0
brcj5BlBOF36TrvJzh@$AlA2hdwo`yJVhn)!+e;+iund@<#bDayM8YrG8HcjY<LFn5oVau-BT6VKH-SL*qpYN^z+(WiuTKVH
9uf3~y`Ic9<ZCPdA(8F_s!UT@6JzL9tN!ggGeoPg1bCn2oLY~_@RFDl!u)wabDfSx7y++}S8f8-{DHd>@NS2gBX;~-QhTk^V
@JH?=mcu)TeLsd7eXPy7lk}<~Dcf8Y^aKT6TE+pVG2>u5RX%2XX90E>V6XrWfnkhk3p<ZdJ+W1IWVWvoEU6e-#fNrpsLY}Wd
#I_@NZGWNE-MH-7BB?9%gOA5V~zuZFThr1@ft|MG<9V<!cm}F<D8!%J2K>S<lueEd3mBpT30wIR5RklDY#H|-2V$rfJ|=
""",
    "words, pandas 1": """
c-n1}zi$&U6vuN(E<iz46~6*P9hkyEM9b2ls1ik$;6#c#B30JAJ2!W#&v&wYY9dhykO-~htq*2qW@ct)W@i2kcy<~!Rk^|Uw
f%m4{N8)l{(P_1@Sk0(K&GJkNvU{$PeH-aUU?1%w!A*Uhwt$ad$!Grp+dVnZ=OrTl?0*t1xOfjrO{q{Cdy?0)pSqp_V%d<6M
3x9T+lAET2^_oFF1>xk2Ag{>!KP@qZhR>IVc5VipmsEN~w*i6XOg+Z;191#r7sA7&SiPW)R~i+`(QHMD3_E!EDinsTo)9CAL
|w;PKJ)zGZ{AI2a6G{-w_^QNv(-yxDE^UXQ;1Tv&bc;oGm9>#6<zdwENK`SAzo+Fp+9oUkPEhg#$b_lYT2;KD{tw`Nzf>)Dd
S$!^SG0uR%*&F!@_gzWx#fDH$*OT}&_V9>VGa!4!Z0xzC$vdtb);&49o1f6^Le3Mc>;<_J$rq(Vn$q(2IcShvdQyb2-Z*oeF
$BXnKZ60~DPL+?ic#NlFWhPc<;t3Td5umjvv~B68Xi!gFT{i69|B)$>Lx;BG{&P6l_JE3PKp85rZEI6j7<HWBBmy6kyM>06T
1<26@Mkm33U0u^XP1z`7@E#QqGWplhF;zQA<6^I(z>Efg5gX+%xN@_bRGBq0h}{IJ^
""",
    "categories, pandas 1": """
c-nPTNpsvp7}bnD6WkEiK!8A4!lJMY8HXi6Ac<oPvB)Ge1Vo5wT2gx?tdaE8t%_a6Q~_0<v8y<7;KYFw2hJQgaTxzF=x&XfI
2BYX>HE6B<@NiX^nEidcouQl3G-5P)=NGRWSJ|zVl6l)e?Vi1rt8l;j>8815_1PKl1zy*<EiWnc*gsplw>K*!;Q<eM=-x1&e
9~1vv|U)tVqI*RItD#5VXRq8WdY~-9eSAgqJ1XBCHf)o=H_!p(1G4QAF3YyEx=I+qf%aVIGN45|J5$V8L%_!~uxk*6)<7B<t
et5$>TlJjT5g_qkrfoA=ry+&?WDsjWh1KHxWXM%BfGyE|h%L~+FR=4`d^@Nlo!Tm460_Tf1Sj|98%f`3BqI_}lY$!~i*Wbyj
s$H^aiKOZ?8O@5mEx%cbwm2C3M<nO)TaWvKt9;J9p;qf43ET|HF&Wtf4(<Ic*k9m#;)fnRmiYLA17{@7|idzRsv?tdLvSMp<
Mq_XJf>~eU;f9C^o<1<AI;9hGCHi@pgghk|Z?W;r>R&gm9qx_sEX9cfnU)nfechV0T+{WOmdNu%yx{sobFkk)NW6HPP$IFZ>
jYd1!ZLA_T{0^K?*E5PBTf$SQZ2wpD-$or?br_el~_;mRf>+8<lHu1i|f%{IfGMXbX|%?J-Ya|p`BAW9qg{*b=RM(5#tSOMR
^}@T1$u&ZwZAnfo+@VZvk)jsuA9yc-KFqm+~?arHF8Lw+i<0yl3#dPjSxRX>a5F6i?E{1%qda;^H0fXb~-25gDO6ji$cwfzi
nd#fJ(X1w&jKV>O76X=SvGHav=tjW#Y*^hUU{hO2Ju#+s&2-1t9ss6q27#b*XhYa7?%MSbYcUE8KeHbr_0U(B2?{F$?eFK5n
aT=!dssFX{IuQV+;g4nXLM)7rg=lPX9>kC57b2>#f#5b<av$dq+r2_XH%db><fxv4|9Z?|k8oGW&A;bvl6#e@DqZNnPUzjSv
{;iN$pACfKRvzE3VZ-*|N|h4n5CeM_wx067L^ee3A2r))n%|TxstWz(Y1Oin2O^ayc4QTF{snt=wT}
""",
}

PICKLES = {
    name: zlib.decompress(base64.b85decode("".join(text.split())))
    for name, text in _WRITTEN.items()
}
